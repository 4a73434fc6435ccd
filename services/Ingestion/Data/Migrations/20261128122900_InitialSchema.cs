using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using NpgsqlTypes;

#nullable disable

namespace SuiviCourrier.Ingestion.Data.Migrations
{
    /// <inheritdoc />
    public partial class InitialSchema : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "ingestion");

            migrationBuilder.CreateTable(
                name: "correspondants",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    nom = table.Column<string>(type: "text", nullable: false),
                    nom_usage = table.Column<string>(type: "text", nullable: true),
                    civilite = table.Column<string>(type: "text", nullable: true),
                    categorie = table.Column<string>(type: "text", nullable: false),
                    is_organisme = table.Column<bool>(type: "boolean", nullable: false),
                    organisme_id = table.Column<Guid>(type: "uuid", nullable: true),
                    fonction = table.Column<string>(type: "text", nullable: true),
                    courriel = table.Column<string>(type: "text", nullable: true),
                    adresse = table.Column<string>(type: "text", nullable: true),
                    telephone = table.Column<string>(type: "text", nullable: true),
                    is_electronique_refusee = table.Column<bool>(type: "boolean", nullable: false),
                    nom_cle = table.Column<string>(type: "text", nullable: false),
                    nom_usage_cle = table.Column<string>(type: "text", nullable: true),
                    courriel_cle = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_correspondants", x => x.id);
                    table.CheckConstraint("ck_correspondants_categorie", "categorie <> 'Anonyme'");
                    table.CheckConstraint("ck_correspondants_nom", "nom <> ''");
                    table.CheckConstraint("ck_correspondants_nom_usage", "(nom_usage IS NULL) = (nom_usage_cle IS NULL)");
                    table.CheckConstraint("ck_correspondants_organisme", "NOT is_organisme OR (civilite IS NULL AND nom_usage IS NULL AND organisme_id IS NULL)");
                    table.ForeignKey(
                        name: "fk_correspondants_correspondants_organisme_id",
                        column: x => x.organisme_id,
                        principalSchema: "ingestion",
                        principalTable: "correspondants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "journal",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    acteur = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: true),
                    objet = table.Column<string>(type: "text", nullable: false),
                    avant = table.Column<string>(type: "text", nullable: true),
                    apres = table.Column<string>(type: "text", nullable: true),
                    motif = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_journal", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "liens_france_services",
                schema: "ingestion",
                columns: table => new
                {
                    departement = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    verifie_le = table.Column<DateOnly>(type: "date", nullable: true),
                    essaye_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    echec = table.Column<string>(type: "text", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_liens_france_services", x => x.departement);
                    table.CheckConstraint("ck_liens_france_services_departement", "departement ~ '^([0-9]{2,3}|2[AB])$'");
                    table.CheckConstraint("ck_liens_france_services_url", "url ~ '^https?://'");
                });

            migrationBuilder.CreateTable(
                name: "lots_impression",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    prepare_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    prepare_par = table.Column<string>(type: "text", nullable: false),
                    motif = table.Column<string>(type: "text", nullable: true),
                    ouvert_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    ouvert_par = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lots_impression", x => x.id);
                    table.CheckConstraint("ck_lots_impression_ouvert", "(ouvert_le IS NULL) = (ouvert_par IS NULL)");
                });

            migrationBuilder.CreateTable(
                name: "services",
                schema: "ingestion",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    parent_code = table.Column<string>(type: "text", nullable: true),
                    courriel = table.Column<string>(type: "text", nullable: true),
                    telephone = table.Column<string>(type: "text", nullable: true),
                    adresse = table.Column<string>(type: "text", nullable: true),
                    responsable = table.Column<string>(type: "text", nullable: true),
                    ouvert_le = table.Column<DateOnly>(type: "date", nullable: true),
                    ferme_le = table.Column<DateOnly>(type: "date", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    ordre = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_services", x => x.code);
                    table.CheckConstraint("ck_services_dates", "ferme_le >= ouvert_le");
                    table.CheckConstraint("ck_services_parent_code", "parent_code <> code");
                    table.ForeignKey(
                        name: "fk_services_services_parent_code",
                        column: x => x.parent_code,
                        principalSchema: "ingestion",
                        principalTable: "services",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "sites",
                schema: "ingestion",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    fuseau = table.Column<string>(type: "text", nullable: false),
                    zone_feries = table.Column<string>(type: "text", nullable: false),
                    prefixe_arrivee = table.Column<string>(type: "text", nullable: false),
                    adresse = table.Column<string>(type: "text", nullable: false),
                    telephone = table.Column<string>(type: "text", nullable: false),
                    courriel = table.Column<string>(type: "text", nullable: false),
                    france_services_url = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sites", x => x.code);
                    table.CheckConstraint("ck_sites_prefixe_arrivee", "prefixe_arrivee ~ '^[A-Z0-9]{2,10}$'");
                });

            migrationBuilder.CreateTable(
                name: "adresses_correspondants",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    correspondant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    genre = table.Column<string>(type: "text", nullable: false),
                    valeur = table.Column<string>(type: "text", nullable: false),
                    cle = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_adresses_correspondants", x => x.id);
                    table.CheckConstraint("ck_adresses_correspondants_valeur", "valeur <> ''");
                    table.ForeignKey(
                        name: "fk_adresses_correspondants_correspondants_correspondant_id",
                        column: x => x.correspondant_id,
                        principalSchema: "ingestion",
                        principalTable: "correspondants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "fonctions",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    correspondant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    nature = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: true),
                    territoire = table.Column<string>(type: "text", nullable: true),
                    organisme_id = table.Column<Guid>(type: "uuid", nullable: true),
                    du = table.Column<DateOnly>(type: "date", nullable: false),
                    au = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_fonctions", x => x.id);
                    table.CheckConstraint("ck_fonctions_dates", "au >= du");
                    table.CheckConstraint("ck_fonctions_libelle", "nature <> 'Autre' OR libelle IS NOT NULL");
                    table.ForeignKey(
                        name: "fk_fonctions_correspondants_correspondant_id",
                        column: x => x.correspondant_id,
                        principalSchema: "ingestion",
                        principalTable: "correspondants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_fonctions_correspondants_organisme_id",
                        column: x => x.organisme_id,
                        principalSchema: "ingestion",
                        principalTable: "correspondants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "demandes_modeles",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    service_proprietaire = table.Column<string>(type: "text", nullable: false),
                    texte = table.Column<string>(type: "text", nullable: false),
                    demandee_par = table.Column<string>(type: "text", nullable: false),
                    demandee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    traitee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    traitee_par = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_demandes_modeles", x => x.id);
                    table.CheckConstraint("ck_demandes_modeles_traitee", "(traitee_le IS NULL) = (traitee_par IS NULL)");
                    table.ForeignKey(
                        name: "fk_demandes_modeles_services_service_proprietaire",
                        column: x => x.service_proprietaire,
                        principalSchema: "ingestion",
                        principalTable: "services",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "types",
                schema: "ingestion",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    nature = table.Column<string>(type: "text", nullable: false),
                    service_code = table.Column<string>(type: "text", nullable: true),
                    is_sans_accuse = table.Column<bool>(type: "boolean", nullable: false),
                    teleservice_nom = table.Column<string>(type: "text", nullable: true),
                    teleservice_url = table.Column<string>(type: "text", nullable: true),
                    ordre = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_types", x => x.code);
                    table.CheckConstraint("ck_types_teleservice", "(teleservice_nom IS NULL) = (teleservice_url IS NULL)");
                    table.ForeignKey(
                        name: "fk_types_services_service_code",
                        column: x => x.service_code,
                        principalSchema: "ingestion",
                        principalTable: "services",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "versions_modeles",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    genre = table.Column<string>(type: "text", nullable: false),
                    support = table.Column<string>(type: "text", nullable: false),
                    service_proprietaire = table.Column<string>(type: "text", nullable: false),
                    accuse = table.Column<bool>(type: "boolean", nullable: false),
                    demande_pieces = table.Column<bool>(type: "boolean", nullable: false),
                    categories_exclues = table.Column<string[]>(type: "text[]", nullable: false),
                    objet = table.Column<string>(type: "text", nullable: false),
                    texte = table.Column<string>(type: "text", nullable: false),
                    etat = table.Column<string>(type: "text", nullable: false),
                    auteurs = table.Column<string[]>(type: "text[]", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    approuve_par = table.Column<string>(type: "text", nullable: true),
                    approuve_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    valable_du = table.Column<DateOnly>(type: "date", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_versions_modeles", x => x.id);
                    table.CheckConstraint("ck_versions_modeles_approbation", "(etat = 'Approuve') = (approuve_par IS NOT NULL AND approuve_le IS NOT NULL AND valable_du IS NOT NULL)");
                    table.CheckConstraint("ck_versions_modeles_deux_personnes", "approuve_par IS NULL OR approuve_par <> ALL (auteurs)");
                    table.CheckConstraint("ck_versions_modeles_version", "version > 0");
                    table.ForeignKey(
                        name: "fk_versions_modeles_services_service_proprietaire",
                        column: x => x.service_proprietaire,
                        principalSchema: "ingestion",
                        principalTable: "services",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "compteurs_chrono",
                schema: "ingestion",
                columns: table => new
                {
                    site_code = table.Column<string>(type: "text", nullable: false),
                    sens = table.Column<string>(type: "text", nullable: false),
                    annee = table.Column<int>(type: "integer", nullable: false),
                    dernier = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_compteurs_chrono", x => new { x.site_code, x.sens, x.annee });
                    table.CheckConstraint("ck_compteurs_chrono_dernier", "dernier > 0");
                    table.ForeignKey(
                        name: "fk_compteurs_chrono_sites_site_code",
                        column: x => x.site_code,
                        principalSchema: "ingestion",
                        principalTable: "sites",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "boites",
                schema: "ingestion",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    adresse = table.Column<string>(type: "text", nullable: false),
                    alias = table.Column<List<string>>(type: "text[]", nullable: false),
                    service_code = table.Column<string>(type: "text", nullable: true),
                    expediteurs_formulaire = table.Column<List<string>>(type: "text[]", nullable: false),
                    type_code = table.Column<string>(type: "text", nullable: true),
                    origine = table.Column<string>(type: "text", nullable: false),
                    is_actif = table.Column<bool>(type: "boolean", nullable: false),
                    secret_chiffre = table.Column<string>(type: "text", nullable: true),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    generation = table.Column<int>(type: "integer", nullable: false),
                    uid_validity = table.Column<long>(type: "bigint", nullable: true),
                    dernier_uid = table.Column<long>(type: "bigint", nullable: true),
                    relevee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    en_panne_depuis = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    connectee_depuis = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    panne = table.Column<string>(type: "text", nullable: true),
                    imap_authentification = table.Column<string>(type: "text", nullable: true),
                    imap_dossier = table.Column<string>(type: "text", nullable: true),
                    imap_dossier_anomalies = table.Column<string>(type: "text", nullable: true),
                    imap_dossier_traites = table.Column<string>(type: "text", nullable: true),
                    imap_empreinte_certificat = table.Column<string>(type: "text", nullable: true),
                    imap_hote = table.Column<string>(type: "text", nullable: true),
                    imap_jeton_identifiant = table.Column<string>(type: "text", nullable: true),
                    imap_jeton_portee = table.Column<string>(type: "text", nullable: true),
                    imap_jeton_url = table.Column<string>(type: "text", nullable: true),
                    imap_port = table.Column<int>(type: "integer", nullable: true),
                    imap_securite = table.Column<string>(type: "text", nullable: true),
                    imap_utilisateur = table.Column<string>(type: "text", nullable: true),
                    imap_verifier_revocation = table.Column<bool>(type: "boolean", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_boites", x => x.code);
                    table.CheckConstraint("ck_boites_secret", "origine = 'Portail' OR secret_chiffre IS NULL");
                    table.ForeignKey(
                        name: "fk_boites_services_service_code",
                        column: x => x.service_code,
                        principalSchema: "ingestion",
                        principalTable: "services",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_boites_types_type_code",
                        column: x => x.type_code,
                        principalSchema: "ingestion",
                        principalTable: "types",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "courriers",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    site_code = table.Column<string>(type: "text", nullable: false),
                    sens = table.Column<string>(type: "text", nullable: false),
                    canal = table.Column<string>(type: "text", nullable: false),
                    origine = table.Column<string>(type: "text", nullable: false),
                    numero_chrono = table.Column<string>(type: "text", nullable: false),
                    annee = table.Column<int>(type: "integer", nullable: false),
                    rang = table.Column<int>(type: "integer", nullable: false),
                    objet = table.Column<string>(type: "text", nullable: false),
                    recu_le = table.Column<DateOnly>(type: "date", nullable: false),
                    date_courrier = table.Column<DateOnly>(type: "date", nullable: true),
                    cachet_le = table.Column<DateOnly>(type: "date", nullable: true),
                    enregistre_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    enregistre_par = table.Column<string>(type: "text", nullable: false),
                    correspondant_id = table.Column<Guid>(type: "uuid", nullable: true),
                    nature = table.Column<string>(type: "text", nullable: true),
                    type_code = table.Column<string>(type: "text", nullable: true),
                    service_code = table.Column<string>(type: "text", nullable: true),
                    is_pour_information = table.Column<bool>(type: "boolean", nullable: false),
                    is_restreint = table.Column<bool>(type: "boolean", nullable: false),
                    numero_recommande = table.Column<string>(type: "text", nullable: true),
                    original_ou = table.Column<string>(type: "text", nullable: true),
                    remarques = table.Column<string>(type: "text", nullable: true),
                    enveloppe_id = table.Column<Guid>(type: "uuid", nullable: true),
                    cle_idempotence = table.Column<string>(type: "text", nullable: false),
                    jeton_suivi = table.Column<string>(type: "text", nullable: false),
                    is_annule = table.Column<bool>(type: "boolean", nullable: false),
                    motif_annulation = table.Column<string>(type: "text", nullable: true),
                    is_sans_accuse = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    expediteur_adresse = table.Column<string>(type: "text", nullable: true),
                    expediteur_categorie = table.Column<string>(type: "text", nullable: false),
                    expediteur_courriel = table.Column<string>(type: "text", nullable: true),
                    expediteur_fonction = table.Column<string>(type: "text", nullable: true),
                    expediteur_nom = table.Column<string>(type: "text", nullable: true),
                    pour_le_compte_de = table.Column<string>(type: "text", nullable: true),
                    expediteur_telephone = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_courriers", x => x.id);
                    table.CheckConstraint("ck_courriers_annulation", "is_annule = (motif_annulation IS NOT NULL)");
                    table.CheckConstraint("ck_courriers_anonyme", "(expediteur_categorie = 'Anonyme') = (expediteur_nom IS NULL)");
                    table.CheckConstraint("ck_courriers_cachet_le", "cachet_le BETWEEN DATE '1900-01-01' AND recu_le");
                    table.CheckConstraint("ck_courriers_date_courrier", "date_courrier BETWEEN DATE '1900-01-01' AND recu_le");
                    table.CheckConstraint("ck_courriers_jeton_suivi", "char_length(jeton_suivi) = 26");
                    table.CheckConstraint("ck_courriers_objet", "char_length(objet) BETWEEN 1 AND 500");
                    table.CheckConstraint("ck_courriers_rang", "rang > 0");
                    table.CheckConstraint("ck_courriers_recu_le", "recu_le >= DATE '1900-01-01'");
                    table.ForeignKey(
                        name: "fk_courriers_correspondants_correspondant_id",
                        column: x => x.correspondant_id,
                        principalSchema: "ingestion",
                        principalTable: "correspondants",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_courriers_services_service_code",
                        column: x => x.service_code,
                        principalSchema: "ingestion",
                        principalTable: "services",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_courriers_sites_site_code",
                        column: x => x.site_code,
                        principalSchema: "ingestion",
                        principalTable: "sites",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_courriers_types_type_code",
                        column: x => x.type_code,
                        principalSchema: "ingestion",
                        principalTable: "types",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "journees_boites",
                schema: "ingestion",
                columns: table => new
                {
                    boite_code = table.Column<string>(type: "text", nullable: false),
                    jour = table.Column<DateOnly>(type: "date", nullable: false),
                    uid_validity = table.Column<long>(type: "bigint", nullable: false),
                    debut = table.Column<long>(type: "bigint", nullable: false),
                    fin = table.Column<long>(type: "bigint", nullable: false),
                    en_attente = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_journees_boites", x => new { x.boite_code, x.jour, x.uid_validity });
                    table.CheckConstraint("ck_journees_boites_uid", "debut > 0 AND fin >= debut AND en_attente >= 0");
                    table.ForeignKey(
                        name: "fk_journees_boites_boites_boite_code",
                        column: x => x.boite_code,
                        principalSchema: "ingestion",
                        principalTable: "boites",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "lectures_en_cours",
                schema: "ingestion",
                columns: table => new
                {
                    boite_code = table.Column<string>(type: "text", nullable: false),
                    cle = table.Column<string>(type: "text", nullable: false),
                    tentatives = table.Column<int>(type: "integer", nullable: false),
                    commencee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lectures_en_cours", x => new { x.boite_code, x.cle });
                    table.CheckConstraint("ck_lectures_en_cours_tentatives", "tentatives > 0");
                    table.ForeignKey(
                        name: "fk_lectures_en_cours_boites_boite_code",
                        column: x => x.boite_code,
                        principalSchema: "ingestion",
                        principalTable: "boites",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "echanges",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    recu_a = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    resume = table.Column<string>(type: "text", nullable: false),
                    message_id = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_echanges", x => x.id);
                    table.ForeignKey(
                        name: "fk_echanges_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "lignes_stock",
                schema: "ingestion",
                columns: table => new
                {
                    reference = table.Column<string>(type: "text", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    empreinte = table.Column<string>(type: "text", nullable: false),
                    reprise_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lignes_stock", x => x.reference);
                    table.CheckConstraint("ck_lignes_stock_reference", "reference <> ''");
                    table.ForeignKey(
                        name: "fk_lignes_stock_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "mots_courriers",
                schema: "ingestion",
                columns: table => new
                {
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    vecteur = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mots_courriers", x => x.courrier_id);
                    table.ForeignKey(
                        name: "fk_mots_courriers_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "pieces_annoncees",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    nature = table.Column<string>(type: "text", nullable: false),
                    nombre = table.Column<int>(type: "integer", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pieces_annoncees", x => x.id);
                    table.CheckConstraint("ck_pieces_annoncees_nombre", "nombre BETWEEN 1 AND 999");
                    table.ForeignKey(
                        name: "fk_pieces_annoncees_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "pieces_demandees",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    demandee_le = table.Column<DateOnly>(type: "date", nullable: false),
                    avant_le = table.Column<DateOnly>(type: "date", nullable: false),
                    demandee_par = table.Column<string>(type: "text", nullable: false),
                    ordre = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pieces_demandees", x => x.id);
                    table.CheckConstraint("ck_pieces_demandees_avant_le", "avant_le > demandee_le");
                    table.CheckConstraint("ck_pieces_demandees_libelle", "libelle <> ''");
                    table.ForeignKey(
                        name: "fk_pieces_demandees_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "messages_recus",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    boite_code = table.Column<string>(type: "text", nullable: false),
                    uid_validity = table.Column<long>(type: "bigint", nullable: true),
                    uid = table.Column<long>(type: "bigint", nullable: true),
                    cle_fichier = table.Column<string>(type: "text", nullable: true),
                    sha256_canonique = table.Column<string>(type: "text", nullable: false),
                    sha256_brut = table.Column<string>(type: "text", nullable: false),
                    message_id = table.Column<string>(type: "text", nullable: true),
                    taille = table.Column<long>(type: "bigint", nullable: false),
                    recu_a = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    de = table.Column<string>(type: "text", nullable: true),
                    objet = table.Column<string>(type: "text", nullable: true),
                    adresse_de = table.Column<string>(type: "text", nullable: true),
                    protection = table.Column<string>(type: "text", nullable: true),
                    evenement_le = table.Column<DateOnly>(type: "date", nullable: true),
                    auteur_transfere = table.Column<string>(type: "text", nullable: true),
                    sort = table.Column<string>(type: "text", nullable: false),
                    motif = table.Column<string>(type: "text", nullable: true),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: true),
                    echange_id = table.Column<Guid>(type: "uuid", nullable: true),
                    traite_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    repris_par = table.Column<string>(type: "text", nullable: true),
                    repris_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    motif_ecart = table.Column<string>(type: "text", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_messages_recus", x => x.id);
                    table.CheckConstraint("ck_messages_recus_ecart", "(motif_ecart IS NOT NULL) = (sort = 'Ecarte' AND repris_par IS NOT NULL)");
                    table.CheckConstraint("ck_messages_recus_echange", "(sort = 'Rattache') = (echange_id IS NOT NULL)");
                    table.CheckConstraint("ck_messages_recus_motif", "sort <> 'Ecarte' OR motif IS NOT NULL");
                    table.CheckConstraint("ck_messages_recus_reprise", "(repris_par IS NULL) = (repris_le IS NULL)");
                    table.CheckConstraint("ck_messages_recus_sort", "(sort = 'Ecarte') = (courrier_id IS NULL)");
                    table.CheckConstraint("ck_messages_recus_uid", "(uid IS NULL) = (uid_validity IS NULL)");
                    table.ForeignKey(
                        name: "fk_messages_recus_boites_boite_code",
                        column: x => x.boite_code,
                        principalSchema: "ingestion",
                        principalTable: "boites",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_messages_recus_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_messages_recus_echanges_echange_id",
                        column: x => x.echange_id,
                        principalSchema: "ingestion",
                        principalTable: "echanges",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_messages_recus_fichiers_sha256_brut",
                        column: x => x.sha256_brut,
                        principalSchema: "messagerie",
                        principalTable: "fichiers",
                        principalColumn: "sha256",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "pieces",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    echange_id = table.Column<Guid>(type: "uuid", nullable: true),
                    role = table.Column<string>(type: "text", nullable: false),
                    nom = table.Column<string>(type: "text", nullable: false),
                    sha256 = table.Column<string>(type: "text", nullable: false),
                    taille = table.Column<long>(type: "bigint", nullable: false),
                    type_mime = table.Column<string>(type: "text", nullable: false),
                    content_id = table.Column<string>(type: "text", nullable: true),
                    ordre = table.Column<int>(type: "integer", nullable: false),
                    lecture = table.Column<string>(type: "text", nullable: false, defaultValue: "EnAttente"),
                    lecture_tentatives = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    lecture_prise_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    etat_analyse = table.Column<string>(type: "text", nullable: false, defaultValue: "NonAnalysee"),
                    analysee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    signature = table.Column<string>(type: "text", nullable: true),
                    analyse_prise_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pieces", x => x.id);
                    table.CheckConstraint("ck_pieces_analyse", "(etat_analyse = 'NonAnalysee') = (analysee_le IS NULL)");
                    table.CheckConstraint("ck_pieces_nom", "nom <> '' AND nom !~ '[/\\\\]'");
                    table.CheckConstraint("ck_pieces_signature", "(etat_analyse = 'Infectee') = (signature IS NOT NULL)");
                    table.CheckConstraint("ck_pieces_taille", "taille >= 0");
                    table.ForeignKey(
                        name: "fk_pieces_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_pieces_echanges_echange_id",
                        column: x => x.echange_id,
                        principalSchema: "ingestion",
                        principalTable: "echanges",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_pieces_fichiers_sha256",
                        column: x => x.sha256,
                        principalSchema: "messagerie",
                        principalTable: "fichiers",
                        principalColumn: "sha256",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "accuses",
                schema: "ingestion",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    etat = table.Column<string>(type: "text", nullable: false),
                    canal = table.Column<string>(type: "text", nullable: true),
                    destinataire = table.Column<string>(type: "text", nullable: true),
                    motif = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    adresse_cle = table.Column<string>(type: "text", nullable: true, computedColumnSql: "CASE WHEN canal = 'Courriel' THEN lower(destinataire) END", stored: true),
                    domaine = table.Column<string>(type: "text", nullable: true, computedColumnSql: "CASE WHEN canal = 'Courriel' THEN lower(substring(destinataire from '[^@]*$')) END", stored: true),
                    piece_id = table.Column<Guid>(type: "uuid", nullable: true),
                    modele_code = table.Column<string>(type: "text", nullable: true),
                    modele_version = table.Column<int>(type: "integer", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_accuses", x => x.id);
                    table.CheckConstraint("ck_accuses_destinataire", "etat = 'SansObjet' OR (destinataire IS NOT NULL AND canal IS NOT NULL)");
                    table.CheckConstraint("ck_accuses_modele", "(modele_code IS NULL) = (modele_version IS NULL)");
                    table.CheckConstraint("ck_accuses_motif", "etat <> 'SansObjet' OR motif IS NOT NULL");
                    table.ForeignKey(
                        name: "fk_accuses_courriers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "ingestion",
                        principalTable: "courriers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_accuses_pieces_piece_id",
                        column: x => x.piece_id,
                        principalSchema: "ingestion",
                        principalTable: "pieces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "passages",
                schema: "ingestion",
                columns: table => new
                {
                    piece_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rang = table.Column<int>(type: "integer", nullable: false),
                    texte = table.Column<string>(type: "text", nullable: false),
                    vecteur = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_passages", x => new { x.piece_id, x.rang });
                    table.CheckConstraint("ck_passages_rang", "rang > 0");
                    table.ForeignKey(
                        name: "fk_passages_pieces_piece_id",
                        column: x => x.piece_id,
                        principalSchema: "ingestion",
                        principalTable: "pieces",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "lettres_lot",
                schema: "ingestion",
                columns: table => new
                {
                    lot_id = table.Column<Guid>(type: "uuid", nullable: false),
                    accuse_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordre = table.Column<int>(type: "integer", nullable: false),
                    sha256 = table.Column<string>(type: "text", nullable: false),
                    taille = table.Column<long>(type: "bigint", nullable: false),
                    html_sha256 = table.Column<string>(type: "text", nullable: false),
                    pages = table.Column<int>(type: "integer", nullable: false),
                    is_adresse_entiere = table.Column<bool>(type: "boolean", nullable: false),
                    modele_code = table.Column<string>(type: "text", nullable: false),
                    modele_version = table.Column<int>(type: "integer", nullable: false),
                    accuse_changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    imprimee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    imprimee_par = table.Column<string>(type: "text", nullable: true),
                    postee_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    postee_par = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lettres_lot", x => new { x.lot_id, x.accuse_id });
                    table.CheckConstraint("ck_lettres_lot_imprimee", "(imprimee_le IS NULL) = (imprimee_par IS NULL)");
                    table.CheckConstraint("ck_lettres_lot_postee", "(postee_le IS NULL) = (postee_par IS NULL)");
                    table.CheckConstraint("ck_lettres_lot_postee_imprimee", "postee_le IS NULL OR imprimee_le IS NOT NULL");
                    table.ForeignKey(
                        name: "fk_lettres_lot_accuses_accuse_id",
                        column: x => x.accuse_id,
                        principalSchema: "ingestion",
                        principalTable: "accuses",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_lettres_lot_fichiers_html_sha256",
                        column: x => x.html_sha256,
                        principalSchema: "messagerie",
                        principalTable: "fichiers",
                        principalColumn: "sha256",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_lettres_lot_fichiers_sha256",
                        column: x => x.sha256,
                        principalSchema: "messagerie",
                        principalTable: "fichiers",
                        principalColumn: "sha256",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_lettres_lot_lots_impression_lot_id",
                        column: x => x.lot_id,
                        principalSchema: "ingestion",
                        principalTable: "lots_impression",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_accuses_a_traiter",
                schema: "ingestion",
                table: "accuses",
                column: "changed_at",
                filter: "etat IN ('AImprimer', 'Incertain', 'Refuse', 'NonRemis')");

            migrationBuilder.CreateIndex(
                name: "ix_accuses_adresse",
                schema: "ingestion",
                table: "accuses",
                columns: new[] { "adresse_cle", "created_at" },
                filter: "canal = 'Courriel' AND etat <> 'SansObjet'");

            migrationBuilder.CreateIndex(
                name: "ix_accuses_created_at",
                schema: "ingestion",
                table: "accuses",
                column: "created_at",
                filter: "canal = 'Courriel' AND etat <> 'SansObjet'");

            migrationBuilder.CreateIndex(
                name: "ix_accuses_domaine",
                schema: "ingestion",
                table: "accuses",
                columns: new[] { "domaine", "created_at" },
                filter: "canal = 'Courriel' AND etat <> 'SansObjet'");

            migrationBuilder.CreateIndex(
                name: "ix_accuses_piece_id",
                schema: "ingestion",
                table: "accuses",
                column: "piece_id");

            migrationBuilder.CreateIndex(
                name: "ix_accuses_retenus",
                schema: "ingestion",
                table: "accuses",
                column: "changed_at",
                filter: "etat = 'SansObjet' AND motif LIKE 'Plafond atteint%'");

            migrationBuilder.CreateIndex(
                name: "ux_accuses_courrier_kind",
                schema: "ingestion",
                table: "accuses",
                columns: new[] { "courrier_id", "kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_adresses_correspondants_cle",
                schema: "ingestion",
                table: "adresses_correspondants",
                columns: new[] { "correspondant_id", "genre", "cle" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_boites_service_code",
                schema: "ingestion",
                table: "boites",
                column: "service_code");

            migrationBuilder.CreateIndex(
                name: "ix_boites_type_code",
                schema: "ingestion",
                table: "boites",
                column: "type_code");

            migrationBuilder.CreateIndex(
                name: "ix_correspondants_courriel_cle",
                schema: "ingestion",
                table: "correspondants",
                column: "courriel_cle");

            migrationBuilder.CreateIndex(
                name: "ix_correspondants_nom_cle",
                schema: "ingestion",
                table: "correspondants",
                column: "nom_cle")
                .Annotation("Npgsql:IndexOperators", new[] { "text_pattern_ops" });

            migrationBuilder.CreateIndex(
                name: "ix_correspondants_organisme_id",
                schema: "ingestion",
                table: "correspondants",
                column: "organisme_id",
                filter: "organisme_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_courriers_correspondant_id",
                schema: "ingestion",
                table: "courriers",
                column: "correspondant_id");

            migrationBuilder.CreateIndex(
                name: "ix_courriers_enregistre_le",
                schema: "ingestion",
                table: "courriers",
                column: "enregistre_le");

            migrationBuilder.CreateIndex(
                name: "ix_courriers_enveloppe_id",
                schema: "ingestion",
                table: "courriers",
                column: "enveloppe_id",
                filter: "enveloppe_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_courriers_service_code",
                schema: "ingestion",
                table: "courriers",
                column: "service_code");

            migrationBuilder.CreateIndex(
                name: "ix_courriers_type_code",
                schema: "ingestion",
                table: "courriers",
                column: "type_code");

            migrationBuilder.CreateIndex(
                name: "ux_courriers_cle_idempotence",
                schema: "ingestion",
                table: "courriers",
                column: "cle_idempotence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_courriers_jeton_suivi",
                schema: "ingestion",
                table: "courriers",
                column: "jeton_suivi",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_courriers_numero_chrono",
                schema: "ingestion",
                table: "courriers",
                column: "numero_chrono",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_courriers_rang",
                schema: "ingestion",
                table: "courriers",
                columns: new[] { "site_code", "sens", "annee", "rang" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_demandes_modeles_a_traiter",
                schema: "ingestion",
                table: "demandes_modeles",
                column: "service_proprietaire",
                filter: "traitee_le IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_demandes_modeles_code",
                schema: "ingestion",
                table: "demandes_modeles",
                column: "code");

            migrationBuilder.CreateIndex(
                name: "ix_echanges_courrier_id",
                schema: "ingestion",
                table: "echanges",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_echanges_message_id",
                schema: "ingestion",
                table: "echanges",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "ix_fonctions_correspondant_id",
                schema: "ingestion",
                table: "fonctions",
                column: "correspondant_id");

            migrationBuilder.CreateIndex(
                name: "ix_fonctions_organisme_id",
                schema: "ingestion",
                table: "fonctions",
                column: "organisme_id",
                filter: "organisme_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_journal_courrier_id_id",
                schema: "ingestion",
                table: "journal",
                columns: new[] { "courrier_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_lettres_lot_a_suivre",
                schema: "ingestion",
                table: "lettres_lot",
                column: "lot_id",
                filter: "postee_le IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_lettres_lot_accuse_id",
                schema: "ingestion",
                table: "lettres_lot",
                column: "accuse_id");

            migrationBuilder.CreateIndex(
                name: "ix_lettres_lot_html_sha256",
                schema: "ingestion",
                table: "lettres_lot",
                column: "html_sha256");

            migrationBuilder.CreateIndex(
                name: "ix_lettres_lot_sha256",
                schema: "ingestion",
                table: "lettres_lot",
                column: "sha256");

            migrationBuilder.CreateIndex(
                name: "ux_lignes_stock_courrier_id",
                schema: "ingestion",
                table: "lignes_stock",
                column: "courrier_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_lots_impression_prepare_le",
                schema: "ingestion",
                table: "lots_impression",
                column: "prepare_le");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_boite_traite_le",
                schema: "ingestion",
                table: "messages_recus",
                columns: new[] { "boite_code", "traite_le" });

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_courrier_id",
                schema: "ingestion",
                table: "messages_recus",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_echange_id",
                schema: "ingestion",
                table: "messages_recus",
                column: "echange_id");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_message_id",
                schema: "ingestion",
                table: "messages_recus",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_recu_a_id",
                schema: "ingestion",
                table: "messages_recus",
                columns: new[] { "recu_a", "id" },
                filter: "sort = 'Ecarte' AND repris_par IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_recu_a_id1",
                schema: "ingestion",
                table: "messages_recus",
                columns: new[] { "recu_a", "id" },
                filter: "sort = 'Ecarte' AND repris_par IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_sha256_brut",
                schema: "ingestion",
                table: "messages_recus",
                column: "sha256_brut");

            migrationBuilder.CreateIndex(
                name: "ix_messages_recus_sha256_canonique",
                schema: "ingestion",
                table: "messages_recus",
                column: "sha256_canonique");

            migrationBuilder.CreateIndex(
                name: "ux_messages_recus_cle_fichier",
                schema: "ingestion",
                table: "messages_recus",
                columns: new[] { "boite_code", "cle_fichier" },
                unique: true,
                filter: "cle_fichier IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_messages_recus_uid",
                schema: "ingestion",
                table: "messages_recus",
                columns: new[] { "boite_code", "uid_validity", "uid" },
                unique: true,
                filter: "uid IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_mots_courriers_vecteur",
                schema: "ingestion",
                table: "mots_courriers",
                column: "vecteur")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_a_analyser",
                schema: "ingestion",
                table: "pieces",
                columns: new[] { "analyse_prise_le", "id" },
                filter: "etat_analyse = 'NonAnalysee' AND role <> 'Accuse'");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_infectees",
                schema: "ingestion",
                table: "pieces",
                column: "etat_analyse",
                filter: "etat_analyse = 'Infectee'");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_a_lire",
                schema: "ingestion",
                table: "pieces",
                column: "id",
                filter: "lecture = 'EnAttente'");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_courrier_id",
                schema: "ingestion",
                table: "pieces",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_echange_id",
                schema: "ingestion",
                table: "pieces",
                column: "echange_id",
                filter: "echange_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_sha256",
                schema: "ingestion",
                table: "pieces",
                column: "sha256");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_annoncees_courrier_id",
                schema: "ingestion",
                table: "pieces_annoncees",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_pieces_demandees_courrier_id",
                schema: "ingestion",
                table: "pieces_demandees",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_services_parent_code",
                schema: "ingestion",
                table: "services",
                column: "parent_code");

            migrationBuilder.CreateIndex(
                name: "ux_sites_prefixe_arrivee",
                schema: "ingestion",
                table: "sites",
                column: "prefixe_arrivee",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_types_service_code",
                schema: "ingestion",
                table: "types",
                column: "service_code");

            migrationBuilder.CreateIndex(
                name: "ix_versions_modeles_service_proprietaire",
                schema: "ingestion",
                table: "versions_modeles",
                column: "service_proprietaire");

            migrationBuilder.CreateIndex(
                name: "ux_versions_modeles_brouillon",
                schema: "ingestion",
                table: "versions_modeles",
                column: "code",
                unique: true,
                filter: "etat = 'Brouillon'");

            migrationBuilder.CreateIndex(
                name: "ux_versions_modeles_version",
                schema: "ingestion",
                table: "versions_modeles",
                columns: new[] { "code", "version" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "adresses_correspondants",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "compteurs_chrono",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "demandes_modeles",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "fonctions",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "journal",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "journees_boites",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "lectures_en_cours",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "lettres_lot",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "liens_france_services",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "lignes_stock",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "messages_recus",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "mots_courriers",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "passages",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "pieces_annoncees",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "pieces_demandees",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "versions_modeles",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "accuses",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "lots_impression",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "boites",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "pieces",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "echanges",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "courriers",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "correspondants",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "sites",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "types",
                schema: "ingestion");

            migrationBuilder.DropTable(
                name: "services",
                schema: "ingestion");
        }
    }
}
