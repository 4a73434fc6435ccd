-- What Ingestion publishes to the other services: the only reads across schemas. Names and columns are a contract:
-- a column is added at the end, never renamed nor moved (CREATE OR REPLACE VIEW refuses it).

CREATE OR REPLACE VIEW ingestion.lecture_sites AS
SELECT code, libelle, fuseau, zone_feries, prefixe_arrivee, adresse, telephone, courriel, france_services_url
FROM ingestion.sites;

CREATE OR REPLACE VIEW ingestion.lecture_services AS
SELECT code, libelle, parent_code, courriel, telephone, adresse, ordre, responsable, ouvert_le, ferme_le
FROM ingestion.services;

CREATE OR REPLACE VIEW ingestion.lecture_types AS
SELECT code, libelle, nature, service_code, ordre
FROM ingestion.types;

CREATE OR REPLACE VIEW ingestion.lecture_courriers AS
SELECT id AS courrier_id, version, site_code, sens, numero_chrono, canal, objet, recu_le, date_courrier, cachet_le, enregistre_le,
    coalesce(expediteur_nom, 'Expéditeur anonyme') AS expediteur_nom, expediteur_categorie, expediteur_courriel, expediteur_adresse,
    nature, type_code, service_code, is_pour_information, is_restreint, is_annule, motif_annulation, numero_recommande, original_ou, remarques,
    expediteur_fonction, expediteur_telephone, enveloppe_id, pour_le_compte_de
FROM ingestion.courriers;

CREATE OR REPLACE VIEW ingestion.lecture_pieces AS
SELECT id AS piece_id, courrier_id, nom, sha256, taille, type_mime, role, ordre, echange_id, etat_analyse, analysee_le, signature
FROM ingestion.pieces
WHERE role <> 'Accuse';

-- All the words by which a courrier is found, and the passages of its files in which they stand (configuration ingestion.mots).
CREATE OR REPLACE VIEW ingestion.lecture_mots AS
SELECT courrier_id, vecteur
FROM ingestion.mots_courriers;

CREATE OR REPLACE VIEW ingestion.lecture_passages AS
SELECT p.piece_id, pc.courrier_id, pc.nom, pc.role, p.rang, ingestion.ponctuation_simple(p.texte) AS texte, p.vecteur
FROM ingestion.passages p JOIN ingestion.pieces pc ON pc.id = p.piece_id;

-- What came in the envelope beside the letter: nature is Cheque, DocumentOriginal, Copie, Photographie or Autre.
CREATE OR REPLACE VIEW ingestion.lecture_pieces_annoncees AS
SELECT id AS piece_annoncee_id, courrier_id, nature, nombre, description
FROM ingestion.pieces_annoncees;

CREATE OR REPLACE VIEW ingestion.lecture_echanges AS
SELECT e.id AS echange_id, e.courrier_id, e.kind, e.recu_a, e.resume,
    (SELECT p.id FROM ingestion.pieces p WHERE p.echange_id = e.id AND p.role = 'Brut' ORDER BY p.ordre LIMIT 1) AS piece_id, e.message_id
FROM ingestion.echanges e;

-- Where and when a courrier arrived by e-mail: once for each functional mailbox, and each time it was sent again. protection is Signe,
-- SignePgp or Chiffre; auteur_transfere is who seems to have written what it forwards.
CREATE OR REPLACE VIEW ingestion.lecture_arrivees AS
SELECT m.id AS arrivee_id, m.courrier_id, m.recu_a, b.libelle AS boite, b.adresse, m.protection, m.evenement_le, m.auteur_transfere, m.message_id
FROM ingestion.messages_recus m
JOIN ingestion.boites b ON b.code = m.boite_code
LEFT JOIN ingestion.echanges e ON e.id = m.echange_id
WHERE m.courrier_id IS NOT NULL AND (e.id IS NULL OR e.kind = 'Repetition');

CREATE OR REPLACE VIEW ingestion.lecture_accuses AS
SELECT id AS accuse_id, courrier_id, kind, etat, destinataire, motif, changed_at, piece_id, canal, modele_code, modele_version,
    (SELECT max(l.postee_le) FROM ingestion.lettres_lot l WHERE l.accuse_id = accuses.id) AS poste_le,
    EXISTS (SELECT FROM ingestion.lettres_lot l WHERE l.accuse_id = accuses.id AND l.imprimee_le IS NOT NULL AND l.postee_le IS NULL) AS is_a_poster
FROM ingestion.accuses;

-- Letters printed whose newest print nobody has said to be posted.
CREATE OR REPLACE VIEW ingestion.lecture_accuses_a_poster AS
SELECT DISTINCT ON (l.accuse_id) l.accuse_id, a.courrier_id, l.imprimee_le
FROM ingestion.lettres_lot l
JOIN ingestion.accuses a ON a.id = l.accuse_id
WHERE l.imprimee_le IS NOT NULL AND l.postee_le IS NULL AND a.etat = 'Imprime' AND NOT EXISTS (
    SELECT FROM ingestion.lettres_lot n JOIN ingestion.lots_impression p ON p.id = n.lot_id
    JOIN ingestion.lots_impression o ON o.id = l.lot_id
    WHERE n.accuse_id = l.accuse_id AND (p.prepare_le, p.id) > (o.prepare_le, o.id));

-- Acknowledgements that a cap has kept back (PlafondsAccuses.Debut): a person looks whether they may leave.
CREATE OR REPLACE VIEW ingestion.lecture_accuses_retenus AS
SELECT a.id AS accuse_id, a.courrier_id
FROM ingestion.accuses a JOIN ingestion.courriers c ON c.id = a.courrier_id
WHERE a.etat = 'SansObjet' AND a.motif LIKE 'Plafond atteint%' AND NOT c.is_annule;

-- Documents asked for because the request lacks them, with the last day to send them.
CREATE OR REPLACE VIEW ingestion.lecture_pieces_demandees AS
SELECT id AS piece_demandee_id, courrier_id, libelle, demandee_le, avant_le, ordre
FROM ingestion.pieces_demandees;

-- Drafts of letter texts that wait for a second person, who is none of the authors.
CREATE OR REPLACE VIEW ingestion.lecture_modeles_a_approuver AS
SELECT code, version, service_proprietaire, auteurs
FROM ingestion.versions_modeles
WHERE etat = 'Brouillon';

-- Changes asked of the owners of letter texts, that nobody has dealt with.
CREATE OR REPLACE VIEW ingestion.lecture_demandes_modeles AS
SELECT id AS demande_id, code, service_proprietaire, demandee_le
FROM ingestion.demandes_modeles
WHERE traitee_le IS NULL;

-- Mailboxes that are collected.
CREATE OR REPLACE VIEW ingestion.lecture_boites AS
SELECT code, libelle, adresse, relevee_le, en_panne_depuis, panne
FROM ingestion.boites
WHERE is_actif;

-- Messages that wait for somebody to say whether they are courriers.
CREATE OR REPLACE VIEW ingestion.lecture_mis_de_cote AS
SELECT id AS message_id, boite_code, recu_a
FROM ingestion.messages_recus
WHERE sort = 'Ecarte' AND repris_par IS NULL;

CREATE OR REPLACE VIEW ingestion.lecture_journal AS
SELECT id, occurred_at, acteur, action, courrier_id, objet, avant, apres, motif
FROM ingestion.journal;
