// What the scripts of several pages need; it stands in front of each of them.
"use strict";

/** A text of the page's language with its values put in. */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

/** Text as it is compared: without case, accents and width. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Copies, also where the browser keeps its clipboard from files; whether it could. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = document.createElement("textarea");
    area.className = "vh";
    area.value = text;
    document.body.append(area);
    area.focus({ preventScroll: true });
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return copied;
  }
}

/** Shows a button that copies what `text` gives, and says so for a moment. Where the browser forbids it, the place where the
    text stands is selected, so that the keys for copying work. */
function copying(button, text, place) {
  const usual = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copy(text()))) {
      if (place.select) place.select();
      else window.getSelection().selectAllChildren(place);
      return;
    }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = usual; }, 2000);
  });
}

/** Saves a text as a file. */
function save(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
