-- What the portal publishes to the other services: names and columns are a contract.

CREATE OR REPLACE VIEW portail.lecture_comptes AS
SELECT id, nom, email AS courriel, role, service_code, is_actif FROM portail.comptes;

-- Programs that act here, by the names the audit shows.
CREATE OR REPLACE VIEW portail.lecture_cles_api AS
SELECT id, nom FROM portail.cles_api;

CREATE OR REPLACE VIEW portail.lecture_dossiers AS
SELECT courrier_id, etat, service_instructeur_code, agent_id, repondu_le, clos_le, is_affecte, is_qualifie, nature, type_code FROM portail.dossiers;

CREATE OR REPLACE VIEW portail.lecture_journal AS
SELECT id, occurred_at, acteur, action, courrier_id, objet, avant, apres, motif FROM portail.journal;
