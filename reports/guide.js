// Guides and work sheets: printing, copying a prepared sentence, finding an abbreviation. Without it, everything can be read.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("button.print")) button.addEventListener("click", () => window.print());

  for (const button of document.querySelectorAll("button.copy")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    const usual = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = usual; }, 1500);
      } catch {
        // Without permission the sentence is selected, so that the keys for copying work.
        window.getSelection().selectAllChildren(button.parentElement.querySelector(".snippet"));
      }
    });
  }

  const input = document.querySelector("[data-find]");
  if (!input) return;
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
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
    status.textContent = status.dataset.text.replace("{n}", shown);
  });
})();
