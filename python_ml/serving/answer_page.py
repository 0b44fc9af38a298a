"""The page on which a kitchen answers one stop, reached by the signed link of page or mail.

Plain HTML: it works on an old phone, without scripts, and a mail scanner that opens the link
changes nothing.
"""

import logging
from datetime import datetime, time
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from python_ml.errors import ArepasError, InputError
from python_ml.raw.answer_links import LINK_DAYS, PlannedStop
from python_ml.raw.feedback import FINDINGS, UnusableAnswerError, parse_answer
from python_ml.seen.languages import CODES, Language, load_language
from python_ml.seen.templates import load_templates
from python_ml.serving.answers import Answers, LinkError, OpenStop
from python_ml.serving.bodies import SMALL_BODY_BYTES, Bodies
from python_ml.settings import PROJECT_DIR

logger = logging.getLogger(__name__)

ASSETS = PROJECT_DIR / "dashboard" / "assets"
# When a stop is planned to begin and end unless who answers says otherwise.
STOP_FROM, STOP_TO = time(7), time(8)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:;"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # The address is the key: nobody else may learn of it.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
Fields = dict[str, str]


def add_answer_page(routes: FastAPI, answers: Answers, bodies: Bodies) -> None:
    """Add the page and what it looks like."""
    routes.mount("/assets", StaticFiles(directory=ASSETS))

    @routes.get("/answer/{token}", include_in_schema=False)
    def show(token: str, language: str = "") -> HTMLResponse:
        words = _language(language)
        try:
            return _form_page(words, answers.open(token))
        except ArepasError as error:
            return _no_form_page(words, error)

    @routes.post("/answer/{token}", include_in_schema=False)
    async def answer(request: Request, token: str, language: str = "") -> HTMLResponse:
        async with bodies.read(request, SMALL_BODY_BYTES) as body:
            given = _fields(body)
        return await run_in_threadpool(_answer, answers, token, _language(language), given)


def _answer(answers: Answers, token: str, words: Language, given: Fields) -> HTMLResponse:
    try:
        stop = answers.open(token)
    except ArepasError as error:
        return _no_form_page(words, error)
    try:
        # Which machine says the link, not the form.
        answers.write_for(stop, parse_answer({**given, "machine_id": stop.stop.machine_id}))
        return _form_page(words, answers.open(token), is_written=True)
    except UnusableAnswerError as error:
        return _form_page(words, stop, 422, form=given, fault=_words_of(error, words))
    except InputError as error:
        logger.error("%s", error)
        fault = words.text("answer_fault.not_written")
        return _form_page(words, stop, 503, form=given, fault=fault)


def _fields(body: bytes) -> Fields:
    """Read a form; times as browsers write them lack the seconds."""
    fields = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    for name in ("start_time", "end_time"):
        if len(fields.get(name, "")) == len("2026-11-20T07:00"):
            fields[name] += ":00"
    return fields


def _form_page(language: Language, stop: OpenStop, status: int = 200, **said: Any) -> HTMLResponse:  # noqa: ANN401
    plan = stop.plan
    reasons = language.reasons(
        plan["status"], plan.get("reason_details"), plan["reasons"], decision="stop"
    )
    shown = {"form": _suggested(stop), "fault": None, "is_written": False, **said}
    known = {"plan": plan, "reasons": reasons, "answers": stop.answers, "now": stop.now}
    return _page(language, stop.stop, status, **known, **shown)


def _no_form_page(language: Language, error: ArepasError) -> HTMLResponse:
    if isinstance(error, LinkError):
        return _page(language, error.stop, error.status, problem=error.fault)
    logger.error("%s", error)
    return _page(language, None, 503, problem="not_now")


def _page(
    language: Language,
    stop: PlannedStop | None,
    status: int,
    **values: Any,  # noqa: ANN401
) -> HTMLResponse:
    html = (
        load_templates()
        .get_template("answer.html")
        .render(
            {"problem": None, **values},
            language=language,
            languages=[load_language(code) for code in CODES],
            t=language.text,
            stop=stop,
            findings=FINDINGS,
            link_days=LINK_DAYS,
        )
    )
    return HTMLResponse(html, status, HEADERS)


def _suggested(stop: OpenStop) -> Fields:
    """Fill the form in: with the answer that is there, or else the usual times, if over."""
    if stop.answers:
        newest = stop.answers[-1]
        return {
            "finding": newest.finding,
            "start_time": _for_browsers(newest.started_at),
            "end_time": _for_browsers(newest.ended_at),
            "component": newest.component,
        }
    start, end = (
        min(datetime.combine(stop.stop.planned_on, at), stop.now) for at in (STOP_FROM, STOP_TO)
    )
    return {"start_time": _for_browsers(start), "end_time": _for_browsers(end)}


def _for_browsers(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _words_of(error: UnusableAnswerError, language: Language) -> str:
    values = {
        name: language.short_date(value) if hasattr(value, "isoformat") else value
        for name, value in error.values.items()
    }
    return language.text(f"answer_fault.{error.fault}", **values)


def _language(code: str) -> Language:
    return load_language(code if code in CODES else CODES[0])
