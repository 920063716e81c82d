// The button that publishes says when: now, or on the date that its field holds while that is to come.

const field = document.querySelector("#id_published_at");
const buttons = document.querySelectorAll("button[data-later]");
const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });

function say() {
  const date = field.value ? new Date(field.value) : null;
  const later = date && date > new Date();
  for (const button of buttons) {
    button.textContent = later ? button.dataset.later.replace("{date}", words.format(date)) : button.dataset.now;
  }
}

if (field && buttons.length) {
  field.addEventListener("input", say);
  say();
}
