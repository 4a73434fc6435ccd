-- The change feed: each row keeps the transaction that last wrote what the feed tells of it. A trigger, so that no writer forgets, and so that
-- a restored row gets a transaction of the database it is restored into.
CREATE OR REPLACE FUNCTION portail.note_transaction() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.transaction_id := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER dossiers_created BEFORE INSERT ON portail.dossiers
FOR EACH ROW EXECUTE FUNCTION portail.note_transaction();

CREATE OR REPLACE TRIGGER dossiers_changed BEFORE UPDATE ON portail.dossiers
FOR EACH ROW WHEN (
    ROW (OLD.etat, OLD.service_instructeur_code, OLD.agent_id, OLD.stream_version, OLD.numero_chrono, OLD.recu_le, OLD.due_on, OLD.repondu_le,
        OLD.clos_le, OLD.is_restreint)
    IS DISTINCT FROM
    ROW (NEW.etat, NEW.service_instructeur_code, NEW.agent_id, NEW.stream_version, NEW.numero_chrono, NEW.recu_le, NEW.due_on, NEW.repondu_le,
        NEW.clos_le, NEW.is_restreint))
EXECUTE FUNCTION portail.note_transaction();
