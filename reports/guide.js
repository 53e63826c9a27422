// Guides and work sheets: printing, copying a prepared sentence, finding an abbreviation. Without it, everything can be read.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("button.print")) button.addEventListener("click", () => window.print());

  for (const button of document.querySelectorAll("button.copy")) copying(button, () => button.dataset.copy, button.parentElement.querySelector(".snippet"));

  const input = document.querySelector("[data-find]");
  if (!input) return;
  const sections = [...document.querySelectorAll("[data-section]")].map((section) => ({
    section,
    entries: [...section.querySelectorAll("[data-entry]")].map((entry) => ({ entry, text: folded(entry.textContent) })),
  }));
  const status = document.querySelector("[data-found]");
  input.closest("label").hidden = false;
  input.addEventListener("input", () => {
    const wanted = folded(input.value.trim());
    let shown = 0;
    for (const { section, entries } of sections) {
      let here = 0;
      for (const { entry, text } of entries) {
        entry.hidden = !text.includes(wanted);
        here += entry.hidden ? 0 : 1;
      }
      section.hidden = here === 0;
      if ("open" in section) section.open = wanted !== "";
      shown += here;
    }
    status.textContent = fill(status.dataset.text, { n: shown });
  });
})();
