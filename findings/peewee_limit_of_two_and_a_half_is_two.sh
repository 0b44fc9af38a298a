#!/usr/bin/env bash
# peewee 4.5.3, queries of a database written in Python. An expression beside a field,
# Reading.count > 2.5, becomes SQL with a parameter, and one would think that the parameter is 2.5.
# peewee turns it into the type of the field first: beside an IntegerField the limit is cut to 2,
# and the database never sees the rest. So it is with a factor: a column of whole minutes times 0.5
# is 0 in each row, an update by 1.5 changes nothing, and equal to 2.7 is what is 2. With no error
# and no warning; the query reads right, only .sql() shows it. Write the limit as Value(2.9,
# converter=False).
# Seen, counts of 1 to 4: from 2.9 on are 2 to 4, below 2.5 is 1 alone, equal to 2.7 is 2; half of
# each is 0; after an update by 1.5 they are 1 to 4 still. SQLAlchemy 2.0.58: from 2.9 on 3 and 4,
# below 2.5 1 and 2, equal to 2.7 none, halves 0.5 to 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet peewee==4.5.3 sqlalchemy==2.0.58
"$folder/venv/bin/python" -W error - <<'PY'
import peewee
import sqlalchemy as sa

COUNTS = [1, 2, 3, 4]
database = peewee.SqliteDatabase(":memory:")

class Alarm(peewee.Model):
    count = peewee.IntegerField()

    class Meta:
        database = database

database.create_tables([Alarm])
Alarm.insert_many([{"count": count} for count in COUNTS]).execute()
engine = sa.create_engine("sqlite://")
alarm = sa.Table("alarm", sa.MetaData(), sa.Column("count", sa.Integer))

def by_peewee(*asked: object) -> list:
    """The values asked for, where the condition holds."""
    query = Alarm.select(asked[0]).where(*asked[1:]) if asked[1:] else Alarm.select(asked[0])
    return sorted(row[0] for row in query.tuples())

with engine.begin() as connection:
    alarm.create(connection)
    connection.execute(alarm.insert(), [{"count": count} for count in COUNTS])

    def by_sqlalchemy(*asked: object) -> list:
        return sorted(connection.scalars(sa.select(asked[0]).where(*asked[1:])))

    found = {}
    for name, ask, count in (
        ("peewee", by_peewee, Alarm.count), ("sqlalchemy", by_sqlalchemy, alarm.c.count)
    ):
        found[name] = {
            "from 2.9": ask(count, count >= 2.9),
            "below 2.5": ask(count, count < 2.5),
            "equal 2.7": ask(count, count == 2.7),
            "half": ask(count * 0.5),
        }
        print(name, found[name])
assert found["sqlalchemy"] == {
    "from 2.9": [3, 4], "below 2.5": [1, 2], "equal 2.7": [],
    "half": [0.5, 1, 1.5, 2],
}
assert found["peewee"] == {
    "from 2.9": [2, 3, 4], "below 2.5": [1], "equal 2.7": [2],
    "half": [0, 0, 0, 0],
}, "CHANGED: numbers beside an IntegerField"
Alarm.update(count=Alarm.count * 1.5).execute()
assert by_peewee(Alarm.count) == COUNTS, "CHANGED: an update by a factor"
whole = by_peewee(Alarm.count, Alarm.count >= peewee.Value(2.9, converter=False))
print("from 2.9 as it is:", whole)
assert whole == [3, 4]
PY
echo "as described"
