-- Read views of this service: names and columns are a contract with the other services.
CREATE OR REPLACE VIEW echeances.lecture_echeances AS
SELECT courrier_id, kind, regime_code, regime_libelle, base_le, due_on, closed_on, calcul
FROM echeances.horloges;

-- Courriers whose registration has been examined here: one without a row in lecture_echeances expects no answer. motif_arret tells a
-- clock stopped because no answer is expected any more from one that was answered.
CREATE OR REPLACE VIEW echeances.lecture_suivis AS
SELECT s.courrier_id, h.due_on, h.closed_on, h.motif_arret
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
