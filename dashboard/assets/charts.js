// Charts of a machine's page and of the models' page, drawn by Vega as SVG. Expressions run in Vega's
// interpreter (`ast`), so that the pages need no `unsafe-eval`; colours come from the style sheet.
"use strict";
(() => {
  const words = window.arepasWords;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const MARKS = { breakdown: ["M-.7,-.7L.7,.7M-.7,.7L.7,-.7", "--stop"], planned: ["triangle-up", "--watch"] };
  const DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4, 1, 4]];
  // Okabe and Ito's colours, which colour-blind people tell apart.
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9"];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const day = (text) => { const [y, m, d] = text.split("-").map(Number); return new Date(y, m - 1, d).getTime(); };
  const DAY = 86400000;
  const ago = (machine, days) => { const [y, m, d] = machine.today.split("-").map(Number); return new Date(y, m - 1, d - days).getTime(); };

  function config() {
    const ink = colour("--soft"), line = colour("--line");
    return {
      background: "transparent", font: "system-ui, sans-serif", view: { stroke: "transparent" },
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line, titleFontWeight: "normal", labelFontSize: 12, titleFontSize: 12 },
      legend: { labelColor: ink, titleColor: ink, orient: "top", labelFontSize: 12, titleFontSize: 12 },
    };
  }

  function draw(place, spec) {
    return vegaEmbed(place, { $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", autosize: { type: "fit", contains: "padding" }, config: config(), ...spec }, {
      mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false,
      tooltip: { disableDefaultStyle: true }, formatLocale: words.formats, timeFormatLocale: words.times,
    });
  }

  const timeAxis = { field: "x", type: "temporal", title: null, axis: { format: "%e %b", labelOverlap: true, grid: false, tickCount: 8 } };
  // The ends of the time axis as data: Vega's interpreter cannot read dates in a scale's domain.
  const ends = (from, to) => ({ data: { values: [{ x: from }, { x: to }] }, mark: { type: "rule", opacity: 0 }, encoding: { x: timeAxis } });

  function stopLayers(stops, from, to) {
    const values = stops.map((stop) => ({ x: new Date(stop.at).getTime(), kind: stop.kind, label: words[stop.kind] })).filter((stop) => stop.x >= from && stop.x <= to);
    return Object.entries(MARKS).flatMap(([kind, [shape, name]]) => {
      const data = { values: values.filter((stop) => stop.kind === kind) };
      const tooltip = [{ field: "label", title: words.kind }, { field: "x", type: "temporal", format: "%e %b %H:%M", title: words.day }];
      const x = { field: "x", type: "temporal" };
      return data.values.length ? [
        { data, mark: { type: "rule", color: colour(name), strokeDash: kind === "planned" ? [4, 3] : [1, 0], opacity: .7 }, encoding: { x } },
        { data, mark: { type: "point", shape, filled: kind === "planned", size: 90, strokeWidth: 2.5, color: colour(name), y: 6 }, encoding: { x, tooltip } },
      ] : [];
    });
  }

  function metricSpec(machine, type, metric, from, to) {
    const series = machine.types[type].metrics[metric];
    const { low, high } = series;
    const values = machine.types[type].days.map((back, i) => ({ x: ago(machine, back) + DAY / 2, start: ago(machine, back), end: ago(machine, back) + DAY, mean: series.mean[i], min: series.min[i], max: series.max[i], low, high, faulty: machine.types[type].faulty[i] })).filter((value) => value.start >= from && value.start < to);
    const tooltip = [{ field: "x", type: "temporal", format: "%e %b", title: words.day }, ...["mean", "min", "max", "low", "high"].map((field) => ({ field, type: "quantitative", format: ".4~g", title: words[field] })), { field: "faulty", type: "quantitative", format: ".0%", title: words.faulty }];
    const y = (field, extra = {}) => ({ field, type: "quantitative", title: null, scale: { zero: false, nice: true }, axis: { format: ".4~g", tickCount: 5 }, ...extra });
    const isShort = to - from < 20 * DAY;
    const layer = [
      ends(from, to),
      ...(values.some((value) => value.faulty > 0) ? [{ data: { values: values.filter((value) => value.faulty > 0) }, mark: { type: "rect", color: colour("--faulty") }, encoding: { x: { field: "start", type: "temporal" }, x2: { field: "end" }, opacity: { field: "faulty", type: "quantitative", scale: { domain: [0, 1], range: [.15, .55] }, legend: null } } }] : []),
      ...(low === null ? [] : [{ data: { values: [{ from, to, low, high }] }, mark: { type: "rect", color: colour("--band"), opacity: .13 }, encoding: { x: { field: "from", type: "temporal" }, x2: { field: "to" }, y: y("low"), y2: { field: "high" } } }]),
      { data: { values }, mark: { type: isShort ? "rule" : "area", color: colour("--mean"), opacity: isShort ? .4 : .18 }, encoding: { x: timeAxis, y: y("min"), y2: { field: "max" } } },
      { data: { values }, mark: { type: "line", color: colour("--mean"), strokeWidth: 1.8, point: isShort ? { color: colour("--mean"), size: 45 } : false }, encoding: { x: timeAxis, y: y("mean") } },
      { data: { values }, mark: { type: "point", opacity: 0, size: 200 }, encoding: { x: timeAxis, y: y("mean"), tooltip } },
      ...stopLayers(machine.stops, from, to),
    ];
    return { height: 210, layer };
  }

  function riskSpec(machine, from, to) {
    const values = Object.values(machine.types).flatMap((type) => type.risk.map(([back, risk]) => ({ x: ago(machine, back), risk, type: type.name }))).filter((value) => value.x >= from && value.x <= to);
    const names = Object.values(machine.types).map((type) => type.name);
    const tooltip = [{ field: "x", type: "temporal", format: "%e %b", title: words.day }, { field: "type", title: words.type }, { field: "risk", type: "quantitative", format: ".0%", title: words.risk }];
    const scale = (range) => ({ domain: names, range: range.slice(0, names.length) });
    const encoding = { x: timeAxis, y: { field: "risk", type: "quantitative", title: null, scale: { domainMin: 0 }, axis: { format: ".0%", tickCount: 5 } }, color: { field: "type", type: "nominal", scale: scale(COLOURS), title: null, legend: { columns: Math.max(1, Math.floor(innerWidth / 220)), symbolType: "stroke", symbolSize: 300 } } };
    const layer = [
      ends(from, to),
      { data: { values }, mark: { type: "line", strokeWidth: 2, point: { size: 25 } }, encoding: { ...encoding, strokeDash: { field: "type", type: "nominal", scale: scale(DASHES), title: null }, tooltip } },
      ...(machine.threshold === null ? [] : [{ data: { values: [{ risk: machine.threshold, label: words.threshold }] }, mark: { type: "rule", color: colour("--stop"), strokeDash: [6, 4] }, encoding: { y: { field: "risk", type: "quantitative" }, tooltip: [{ field: "label", title: " " }, { field: "risk", format: ".0%", title: words.risk }] } }]),
      ...stopLayers(machine.stops, from, to),
    ];
    return { height: 230, layer };
  }

  function healthSpec(machine, from, to) {
    const values = machine.health.map(([back, health, low, high]) => ({ x: ago(machine, back), health, low, high })).filter((value) => value.x >= from && value.x <= to);
    const y = (field) => ({ field, type: "quantitative", title: null, scale: { domain: [0, 1] }, axis: { format: ".1f", tickCount: 5 } });
    const tooltip = [{ field: "x", type: "temporal", format: "%e %b", title: words.day }, { field: "health", type: "quantitative", format: ".2f", title: words.health }, { field: "low", type: "quantitative", format: ".2f", title: words.min }, { field: "high", type: "quantitative", format: ".2f", title: words.max }];
    const layer = [
      ends(from, to),
      { data: { values }, mark: { type: "area", color: colour("--mean"), opacity: .18 }, encoding: { x: timeAxis, y: y("low"), y2: { field: "high" } } },
      { data: { values }, mark: { type: "line", color: colour("--mean"), strokeWidth: 1.8, point: { color: colour("--mean"), size: 25 } }, encoding: { x: timeAxis, y: y("health"), tooltip } },
      ...stopLayers(machine.stops, from, to),
    ];
    return { height: 190, layer };
  }

  function fillTable(place, machine, type, metric) {
    const { days, faulty, metrics } = machine.types[type];
    const number = new Intl.NumberFormat(words.locale, { maximumSignificantDigits: 4 });
    const percent = new Intl.NumberFormat(words.locale, { style: "percent" });
    const dates = new Intl.DateTimeFormat(words.locale, { dateStyle: "medium" });
    const write = (value, format) => value === null || value === undefined ? "–" : format.format(value);
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const name of ["day", "mean", "min", "max", "low", "high", "faulty"]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = words[name];
      head.append(cell);
    }
    const body = table.createTBody();
    const series = metrics[metric];
    days.map((back, i) => [dates.format(ago(machine, back)), ...["mean", "min", "max"].map((name) => write(series[name][i], number)), write(series.low, number), write(series.high, number), write(faulty[i], percent)]).reverse().forEach((cells) => {
      const row = body.insertRow();
      for (const text of cells) row.insertCell().textContent = text;
    });
    place.replaceChildren(table);
  }

  function machinePage(section) {
    const machine = window.arepasMachine;
    const form = section.querySelector("form");
    if (!form || !machine) return;
    const choice = form.elements.type;
    for (const [type, { name }] of Object.entries(machine.types)) choice.add(new Option(name, type));
    choice.value = machine.worst;
    let days = 90;

    function show() {
      const to = day(machine.today), from = to - days * DAY;
      for (const place of section.querySelectorAll("[data-metric]")) {
        draw(place, metricSpec(machine, choice.value, place.dataset.metric, from, to));
        const numbers = place.parentElement.querySelector(".numbers");
        const fill = () => fillTable(numbers.querySelector(".scroll"), machine, choice.value, place.dataset.metric);
        numbers.ontoggle = () => numbers.open && fill();
        if (numbers.open) fill();
      }
      draw(section.querySelector("[data-chart=risk]"), riskSpec(machine, from, to));
      const health = section.querySelector("[data-chart=health]");
      if (health) draw(health, healthSpec(machine, from, to));
      for (const button of form.querySelectorAll("[data-days]")) button.setAttribute("aria-pressed", Number(button.dataset.days) === days);
    }

    form.addEventListener("change", show);
    for (const button of form.querySelectorAll("[data-days]")) {
      button.addEventListener("click", () => { days = Number(button.dataset.days); show(); });
    }
    dark.addEventListener("change", show);
    show();
  }

  function calibrationPage(place) {
    const types = JSON.parse(document.getElementById("calibration-data").textContent);
    const show = () => place.replaceChildren(...types.map(({ name, bins, top }) => {
      const figure = document.createElement("figure");
      const caption = figure.appendChild(document.createElement("figcaption"));
      caption.textContent = name ?? words.all_types;
      const chart = figure.appendChild(document.createElement("div"));
      chart.className = "chart";
      const axis = (field, title) => ({ field, type: "quantitative", title, scale: { domain: [0, top] }, axis: { format: ".0%", tickCount: 4 } });
      requestAnimationFrame(() => draw(chart, {
        height: 200,
        layer: [
          { data: { values: [{ x: 0 }, { x: top }] }, mark: { type: "line", color: colour("--soft"), strokeDash: [4, 4] }, encoding: { x: axis("x", words.predicted), y: axis("x", words.observed) } },
          { data: { values: bins }, mark: { type: "point", filled: true, color: colour("--run"), opacity: .9 }, encoding: { x: axis("predicted", words.predicted), y: axis("observed", words.observed), size: { field: "rows", type: "quantitative", legend: null, scale: { range: [30, 300] } }, tooltip: [{ field: "predicted", format: ".1%", title: words.predicted }, { field: "observed", format: ".1%", title: words.observed }] } },
        ],
      }));
      return figure;
    }));
    dark.addEventListener("change", show);
    show();
  }

  const machine = document.querySelector("[data-charts]");
  const calibration = document.querySelector("[data-calibration]");
  if (machine) machinePage(machine);
  if (calibration) calibrationPage(calibration);
})();
