// Comfort only: every shortcut has a visible link or button, and every page works without this file.
(() => {
  "use strict";

  const isTyping = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
  const lines = () => [...document.querySelectorAll("[data-ligne]")];
  const current = () => document.querySelector("[data-ligne].c-ligne--choisie");

  const choose = (step) => {
    const all = lines();
    if (all.length === 0) {
      return;
    }
    const from = all.indexOf(current());
    const next = all[Math.min(Math.max(from + step, 0), all.length - 1)];
    all.forEach((line) => line.classList.toggle("c-ligne--choisie", line === next));
    next.querySelector("a")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const showShortcuts = () => {
    document.querySelector("dialog.c-raccourcis")?.remove();
    const dialog = document.createElement("dialog");
    dialog.className = "c-raccourcis";
    dialog.setAttribute("aria-label", "Raccourcis de cette page");
    const title = document.createElement("h2");
    title.className = "fr-h6";
    title.textContent = "Raccourcis de cette page";
    const list = document.createElement("dl");
    const add = (key, text) => {
      const term = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      term.append(kbd);
      const sense = document.createElement("dd");
      sense.textContent = text;
      list.append(term, sense);
    };
    if (lines().length > 0) {
      add("j  k", "Ligne suivante, précédente");
      add("Entrée", "Ouvrir la ligne");
    }
    const seen = new Set();
    document.querySelectorAll("[data-raccourci]").forEach((element) => {
      if (!seen.has(element.dataset.raccourci)) {
        seen.add(element.dataset.raccourci);
        add(element.dataset.raccourci, element.dataset.raccourciTexte ?? element.textContent.trim());
      }
    });
    const form = document.createElement("form");
    form.method = "dialog";
    const close = document.createElement("button");
    close.className = "fr-btn fr-btn--sm fr-btn--secondary";
    close.textContent = "Fermer";
    form.append(close);
    dialog.append(title, list, form);
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      const form = event.target.closest?.("form[data-envoi='ctrl-entree']");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      choose(event.key === "j" ? 1 : -1);
      return;
    }
    if (event.key === "?") {
      event.preventDefault();
      showShortcuts();
      return;
    }
    const target = [...document.querySelectorAll("[data-raccourci]")].find((element) => element.dataset.raccourci === event.key);
    if (target) {
      event.preventDefault();
      isTyping(target) ? target.focus() : target.click();
    }
  });

  // A form is sent once: a second click while it travels does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) {
      return;
    }
    if (form.dataset.envoye) {
      event.preventDefault();
      return;
    }
    form.dataset.envoye = "oui";
    window.addEventListener("pageshow", () => delete form.dataset.envoye, { once: true });
  });
})();
