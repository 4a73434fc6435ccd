// The scan chosen in a form, shown beside it before anything is sent. Comfort only: without this module the form is the same.
const zone = document.querySelector("[data-apercu]");
const choix = zone?.querySelector("input[type=file]");
const cadre = zone?.querySelector("[data-apercu-cadre]");
const onglets = zone?.querySelector("[data-apercu-onglets]");
const vue = zone?.querySelector("[data-apercu-vue]");
let adresse = null;

const oublier = () => {
  vue.replaceChildren();
  if (adresse) {
    URL.revokeObjectURL(adresse);
    adresse = null;
  }
};

const phrase = (texte) => {
  const p = document.createElement("p");
  p.textContent = texte;
  vue.append(p);
};

const montrer = (fichier) => {
  oublier();
  if (fichier.size === 0) {
    phrase("Ce fichier est vide (0 octet) : numérisez-le de nouveau.");
    return;
  }

  if (fichier.type === "application/pdf") {
    adresse = URL.createObjectURL(fichier);
    const page = document.createElement("iframe");
    page.className = "c-document";
    page.title = "Document choisi";
    page.src = adresse;
    vue.append(page);
  } else if (fichier.type === "image/png" || fichier.type === "image/jpeg") {
    adresse = URL.createObjectURL(fichier);
    const image = document.createElement("img");
    image.className = "c-document c-document--image";
    image.alt = "Document choisi, page numérisée";
    image.src = adresse;
    image.addEventListener("error", () => {
      oublier();
      phrase("Cette image ne peut pas être montrée ici.");
    });
    vue.append(image);
  } else {
    phrase("Ce format ne peut pas être montré ici ; un TIFF sera tout de même enregistré.");
  }
};

choix?.addEventListener("change", () => {
  const fichiers = [...choix.files];
  zone.classList.toggle("c-atelier--ouvert", fichiers.length > 0);
  cadre.hidden = fichiers.length === 0;
  onglets.replaceChildren();
  oublier();
  if (fichiers.length === 0) {
    return;
  }

  if (fichiers.length > 1) {
    fichiers.forEach((fichier, rang) => {
      const bouton = document.createElement("button");
      bouton.type = "button";
      bouton.className = "fr-btn fr-btn--sm fr-btn--tertiary";
      bouton.textContent = `Document ${rang + 1}`;
      bouton.addEventListener("click", () => montrer(fichier));
      onglets.append(bouton);
    });
  }

  montrer(fichiers[0]);
});
