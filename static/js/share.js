// Copies the citation or the address of a practice or of a selection, and prints it, where the browser can.

function offer() {
  const kinds = [navigator.clipboard && "[data-copy]", "[data-print]"].filter(Boolean);
  for (const button of document.querySelectorAll(kinds.join())) button.parentElement.hidden = false;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) return print();
  const done = document.querySelector(".share [role=status]");
  done.textContent = "";
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    done.textContent = done.dataset.done;
  } catch {
    const citation = document.getElementById("citation");
    if (citation) getSelection().selectAllChildren(citation);
  }
});

addEventListener("selection:change", offer);
offer();
