// Copying a text with one touch. Without a script the text is selected as a whole by touching it.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const copied = await copy(text);
    button.textContent = copied ? button.dataset.done ?? "✓ " + label : label;
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch { // no permission, or no https: select it, so that the phone's own menu copies
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return false;
  }
}

document.getElementById("masalah")?.focus();
