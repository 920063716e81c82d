// Names, for those who do not see the page, of what Django and Select2 leave without any.

// Words that stand for a field: its label, or the heading of its column.
function named(field) {
  const label = field.id && document.querySelector(`label[for="${field.id}"]`);
  const cell = field.closest("td, th");
  const heading = cell?.closest("table")?.querySelector("thead tr")?.cells[cell.cellIndex];
  return (label || heading)?.textContent.replace(/\s*:\s*$/, "").trim();
}

// Select2 gives its boxes no name; they take that of the list they stand for.
function nameBoxes(root) {
  for (const list of root.querySelectorAll("select.admin-autocomplete")) {
    const label = named(list);
    const box = list.nextElementSibling;
    if (!label || !box?.classList.contains("select2")) continue;
    for (const one of box.querySelectorAll(".select2-search__field, .select2-selection, [role=textbox]")) {
      one.setAttribute("aria-label", label);
      one.removeAttribute("aria-labelledby");
    }
    // A list holds items only: the cross that empties it stands beside.
    const cross = box.querySelector("ul > .select2-selection__clear");
    if (cross) cross.parentElement.before(cross);
  }
  for (const field of root.querySelectorAll("td > input[type=number], td > input[type=text]")) {
    const label = field.labels.length || field.hasAttribute("aria-label") ? "" : named(field);
    if (label) field.setAttribute("aria-label", label);
  }
}

const content = document.querySelector("#content");
if (content?.querySelector("select.admin-autocomplete, td > input")) {
  new MutationObserver(() => nameBoxes(content)).observe(content, { childList: true, subtree: true });
  nameBoxes(content);
  // The box that opens over a single choice is put at the end of the page.
  window.django?.jQuery(document).on("select2:open", () => {
    const list = document.querySelector(".select2-container--open")?.previousElementSibling;
    for (const one of document.querySelectorAll(".select2-container--open .select2-search__field")) {
      const label = list && named(list);
      if (label) one.setAttribute("aria-label", label);
    }
  });
}
