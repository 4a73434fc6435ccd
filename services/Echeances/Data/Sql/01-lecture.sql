-- Read views of this service: names and columns are a contract with the other services.
CREATE OR REPLACE VIEW echeances.lecture_echeances AS
SELECT courrier_id, kind, regime_code, regime_libelle, base_le, due_on, closed_on, calcul, objectif_le, motif_arret
FROM echeances.horloges;

-- What silence means for a courrier, from which day, and what its author may do then.
CREATE OR REPLACE VIEW echeances.lecture_silences AS
SELECT h.courrier_id, h.base_le, h.due_on, h.closed_on, r.effet, r.libelle, r.source, r.recours, h.calcul
FROM echeances.horloges h
JOIN echeances.regles_silence r ON r.code = h.regime_code
WHERE h.kind = 'Silence' AND h.motif_arret IS DISTINCT FROM 'SansObjet';

-- Courriers whose registration has been examined here: one without a row in lecture_echeances expects no answer. motif_arret tells a
-- clock stopped because no answer is expected any more from one that was answered.
CREATE OR REPLACE VIEW echeances.lecture_suivis AS
SELECT s.courrier_id, h.due_on, h.closed_on, h.motif_arret, s.recu_le,
    CASE WHEN s.is_qualifie THEN s.nature_qualifiee WHEN s.is_pour_information THEN 'PourInformation' ELSE s.nature_enregistree END AS nature,
    CASE WHEN s.is_qualifie THEN s.type_qualifie ELSE s.type_enregistre END AS type_code
FROM echeances.suivis s
LEFT JOIN echeances.horloges h ON h.courrier_id = s.courrier_id AND h.kind = 'Reponse'
WHERE s.recu_le IS NOT NULL;

-- Steps that are to come or have fired; neither those overtaken at the opening nor those cancelled.
CREATE OR REPLACE VIEW echeances.lecture_relances AS
SELECT courrier_id, code AS etape_code, libelle AS etape_libelle, destinataire AS destinataire_role, prevue_le, fired_at
FROM echeances.etapes
WHERE etat IN ('Prevue', 'Declenchee');

CREATE OR REPLACE VIEW echeances.lecture_journal AS
SELECT id, occurred_at, acteur, action, courrier_id, objet, avant, apres, motif
FROM echeances.journal;

-- The rules, in the order in which they are tried, so that a due date can be announced before anything is registered.
CREATE OR REPLACE VIEW echeances.lecture_regimes AS
SELECT code, version, ordre, libelle, canaux, natures, types, categories, services, longueur, unite, valide_du, valide_au
FROM echeances.regimes;

-- What the site adds to or takes from the holidays of its zone, in the present version; one line without a kind when it changes nothing.
CREATE OR REPLACE VIEW echeances.lecture_calendrier AS
SELECT c.version, e.kind, e.du, e.au, e.libelle, e.chaque_annee, e.arrete_le_decompte
FROM echeances.calendriers c
LEFT JOIN echeances.entrees_calendrier e ON e.depuis_version <= c.version AND (e.jusqua_version IS NULL OR e.jusqua_version > c.version);

-- The present version of all that dates are computed with: whoever keeps rules or calendar asks whether they are still these.
CREATE OR REPLACE VIEW echeances.lecture_version_regles AS
SELECT version FROM echeances.calendriers;
