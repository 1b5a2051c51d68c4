"use strict";
(() => {
  const form = document.getElementById("filter");
  const scenarios = [...document.querySelectorAll("details.scenario")];
  // Steps and tags are enough to search in, and quick to search.
  const texts = scenarios.map(one => [
    one.querySelector("summary"), one.querySelector(".place"), one.querySelector(".steps"),
  ].map(part => part.textContent).join(" ").toLowerCase());
  const found = document.getElementById("found");

  const filter = () => {
    const words = document.getElementById("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const statuses = new Set([...form.querySelectorAll(":checked")].map(box => box.value));
    let shown = 0;
    scenarios.forEach((one, place) => {
      one.hidden = !statuses.has(one.dataset.status) || !words.every(word => texts[place].includes(word));
      shown += !one.hidden;
    });
    for (const kind of [".group", ".feature", "#scenarios > .chapter"]) {
      document.querySelectorAll(kind).forEach(part => { part.hidden = !part.querySelector("details.scenario:not([hidden])"); });
    }
    found.textContent = `${shown} of ${scenarios.length} scenarios`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", event => event.preventDefault());
  document.getElementById("open-all").addEventListener("click", () => {
    const shown = scenarios.filter(one => !one.hidden);
    const open = !shown.every(one => one.open);
    shown.forEach(one => { one.open = open; });
  });
  form.hidden = false;
  filter();

  // A link to a scenario opens it; what is printed is what is opened, and the steps of all the others.
  const follow = () => {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named && named.tagName === "DETAILS") { named.open = true; named.scrollIntoView(); }
  };
  addEventListener("hashchange", follow);
  follow();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = scenarios.filter(one => !one.open && !one.hidden);
    opened.forEach(one => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach(one => { one.open = false; }));
})();
