using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SuiviCourrier.Echeances.Data.Migrations
{
    /// <inheritdoc />
    public partial class InitialSchema : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "echeances");

            migrationBuilder.CreateTable(
                name: "calendriers",
                schema: "echeances",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_calendriers", x => x.id);
                    table.CheckConstraint("ck_calendriers_seul", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "entrees_calendrier",
                schema: "echeances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    du = table.Column<DateOnly>(type: "date", nullable: true),
                    au = table.Column<DateOnly>(type: "date", nullable: true),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    chaque_annee = table.Column<bool>(type: "boolean", nullable: false),
                    arrete_le_decompte = table.Column<bool>(type: "boolean", nullable: false),
                    depuis_version = table.Column<int>(type: "integer", nullable: false),
                    jusqua_version = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_entrees_calendrier", x => x.id);
                    table.CheckConstraint("ck_entrees_calendrier_dates", "au is null or du <= au");
                });

            migrationBuilder.CreateTable(
                name: "etapes_regimes",
                schema: "echeances",
                columns: table => new
                {
                    regime_code = table.Column<string>(type: "text", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    rang = table.Column<int>(type: "integer", nullable: false),
                    jours_ouvres = table.Column<int>(type: "integer", nullable: false),
                    destinataire = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_etapes_regimes", x => new { x.regime_code, x.code });
                });

            migrationBuilder.CreateTable(
                name: "journal",
                schema: "echeances",
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
                name: "recalculs",
                schema: "echeances",
                columns: table => new
                {
                    version = table.Column<int>(type: "integer", nullable: false),
                    demande_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    acteur = table.Column<string>(type: "text", nullable: false),
                    motif = table.Column<string>(type: "text", nullable: false),
                    examinees = table.Column<int>(type: "integer", nullable: false),
                    deplacees = table.Column<int>(type: "integer", nullable: false),
                    termine_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_recalculs", x => x.version);
                });

            migrationBuilder.CreateTable(
                name: "regimes",
                schema: "echeances",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    ordre = table.Column<int>(type: "integer", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    canaux = table.Column<string[]>(type: "text[]", nullable: false),
                    natures = table.Column<string[]>(type: "text[]", nullable: false),
                    types = table.Column<string[]>(type: "text[]", nullable: false),
                    categories = table.Column<string[]>(type: "text[]", nullable: false),
                    services = table.Column<string[]>(type: "text[]", nullable: false),
                    longueur = table.Column<int>(type: "integer", nullable: true),
                    unite = table.Column<string>(type: "text", nullable: true),
                    valide_du = table.Column<DateOnly>(type: "date", nullable: true),
                    valide_au = table.Column<DateOnly>(type: "date", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_regimes", x => new { x.code, x.version });
                    table.CheckConstraint("ck_regimes_delai", "(longueur is null) = (unite is null)");
                });

            migrationBuilder.CreateTable(
                name: "regles_accuses",
                schema: "echeances",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    genre = table.Column<string>(type: "text", nullable: false),
                    canaux = table.Column<string[]>(type: "text[]", nullable: false),
                    legal_longueur = table.Column<int>(type: "integer", nullable: true),
                    legal_unite = table.Column<string>(type: "text", nullable: true),
                    objectif_longueur = table.Column<int>(type: "integer", nullable: true),
                    objectif_unite = table.Column<string>(type: "text", nullable: true),
                    source = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_regles_accuses", x => x.code);
                    table.CheckConstraint("ck_regles_accuses_delai", "legal_longueur is not null or objectif_longueur is not null");
                    table.CheckConstraint("ck_regles_accuses_legal", "(legal_longueur is null) = (legal_unite is null)");
                    table.CheckConstraint("ck_regles_accuses_objectif", "(objectif_longueur is null) = (objectif_unite is null)");
                });

            migrationBuilder.CreateTable(
                name: "regles_silence",
                schema: "echeances",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    ordre = table.Column<int>(type: "integer", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    canaux = table.Column<string[]>(type: "text[]", nullable: false),
                    natures = table.Column<string[]>(type: "text[]", nullable: false),
                    types = table.Column<string[]>(type: "text[]", nullable: false),
                    categories = table.Column<string[]>(type: "text[]", nullable: false),
                    services = table.Column<string[]>(type: "text[]", nullable: false),
                    categories_exclues = table.Column<string[]>(type: "text[]", nullable: false),
                    effet = table.Column<string>(type: "text", nullable: false),
                    longueur = table.Column<int>(type: "integer", nullable: false),
                    unite = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "text", nullable: false),
                    recours = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_regles_silence", x => x.code);
                    table.CheckConstraint("ck_regles_silence_longueur", "longueur > 0");
                });

            migrationBuilder.CreateTable(
                name: "suivis",
                schema: "echeances",
                columns: table => new
                {
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version_ingestion = table.Column<int>(type: "integer", nullable: false),
                    version_portail = table.Column<int>(type: "integer", nullable: false),
                    version_publiee = table.Column<int>(type: "integer", nullable: false),
                    numero_chrono = table.Column<string>(type: "text", nullable: true),
                    sens = table.Column<string>(type: "text", nullable: true),
                    canal = table.Column<string>(type: "text", nullable: true),
                    recu_le = table.Column<DateOnly>(type: "date", nullable: true),
                    categorie = table.Column<string>(type: "text", nullable: true),
                    nature_enregistree = table.Column<string>(type: "text", nullable: true),
                    type_enregistre = table.Column<string>(type: "text", nullable: true),
                    service_enregistre = table.Column<string>(type: "text", nullable: true),
                    is_pour_information = table.Column<bool>(type: "boolean", nullable: false),
                    is_sans_accuse = table.Column<bool>(type: "boolean", nullable: false),
                    is_restreint = table.Column<bool>(type: "boolean", nullable: false),
                    is_annule = table.Column<bool>(type: "boolean", nullable: false),
                    accuse_enregistrement = table.Column<string>(type: "text", nullable: true),
                    accuse_enregistrement_le = table.Column<DateOnly>(type: "date", nullable: true),
                    accuse_reception = table.Column<string>(type: "text", nullable: true),
                    accuse_reception_le = table.Column<DateOnly>(type: "date", nullable: true),
                    version_accuse_enregistrement = table.Column<int>(type: "integer", nullable: false),
                    version_accuse_reception = table.Column<int>(type: "integer", nullable: false),
                    etat = table.Column<string>(type: "text", nullable: true),
                    service_dossier = table.Column<string>(type: "text", nullable: true),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    is_qualifie = table.Column<bool>(type: "boolean", nullable: false),
                    nature_qualifiee = table.Column<string>(type: "text", nullable: true),
                    type_qualifie = table.Column<string>(type: "text", nullable: true),
                    repondu_le = table.Column<DateOnly>(type: "date", nullable: true),
                    clos_le = table.Column<DateOnly>(type: "date", nullable: true),
                    service_instructeur_code = table.Column<string>(type: "text", nullable: true),
                    regime_impose_code = table.Column<string>(type: "text", nullable: true),
                    regime_impose_version = table.Column<int>(type: "integer", nullable: true),
                    regime_impose_motif = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_suivis", x => x.courrier_id);
                });

            migrationBuilder.CreateTable(
                name: "lignes_recalcul",
                schema: "echeances",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    version = table.Column<int>(type: "integer", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    avant = table.Column<DateOnly>(type: "date", nullable: false),
                    apres = table.Column<DateOnly>(type: "date", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lignes_recalcul", x => x.id);
                    table.ForeignKey(
                        name: "fk_lignes_recalcul_recalculs_version",
                        column: x => x.version,
                        principalSchema: "echeances",
                        principalTable: "recalculs",
                        principalColumn: "version",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "horloges",
                schema: "echeances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    regime_code = table.Column<string>(type: "text", nullable: false),
                    regime_version = table.Column<int>(type: "integer", nullable: false),
                    regime_libelle = table.Column<string>(type: "text", nullable: false),
                    is_impose = table.Column<bool>(type: "boolean", nullable: false),
                    base_le = table.Column<DateOnly>(type: "date", nullable: false),
                    due_on = table.Column<DateOnly>(type: "date", nullable: false),
                    objectif_le = table.Column<DateOnly>(type: "date", nullable: true),
                    calcul = table.Column<string>(type: "text", nullable: false),
                    calendrier_version = table.Column<int>(type: "integer", nullable: false),
                    is_projection = table.Column<bool>(type: "boolean", nullable: false),
                    closed_on = table.Column<DateOnly>(type: "date", nullable: true),
                    motif_arret = table.Column<string>(type: "text", nullable: true),
                    missed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_horloges", x => x.id);
                    table.CheckConstraint("ck_horloges_arret", "(closed_on is null) = (motif_arret is null)");
                    table.ForeignKey(
                        name: "fk_horloges_suivis_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "echeances",
                        principalTable: "suivis",
                        principalColumn: "courrier_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "etapes",
                schema: "echeances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    horloge_id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    due_on = table.Column<DateOnly>(type: "date", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    rang = table.Column<int>(type: "integer", nullable: false),
                    decalage = table.Column<int>(type: "integer", nullable: false),
                    libelle = table.Column<string>(type: "text", nullable: false),
                    prevue_le = table.Column<DateOnly>(type: "date", nullable: false),
                    destinataire = table.Column<string>(type: "text", nullable: false),
                    etat = table.Column<string>(type: "text", nullable: false),
                    fired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_etapes", x => x.id);
                    table.CheckConstraint("ck_etapes_declenchee", "(etat = 'Declenchee') = (fired_at is not null)");
                    table.ForeignKey(
                        name: "fk_etapes_horloges_horloge_id",
                        column: x => x.horloge_id,
                        principalSchema: "echeances",
                        principalTable: "horloges",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "lignes_relance",
                schema: "echeances",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    etape_id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    destinataire = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    courriel_cle = table.Column<string>(type: "text", nullable: true),
                    sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    dropped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lignes_relance", x => x.id);
                    table.ForeignKey(
                        name: "fk_lignes_relance_etapes_etape_id",
                        column: x => x.etape_id,
                        principalSchema: "echeances",
                        principalTable: "etapes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.InsertData(
                schema: "echeances",
                table: "calendriers",
                columns: new[] { "id", "version" },
                values: new object[] { 1, 1 });

            migrationBuilder.CreateIndex(
                name: "ix_etapes_courrier_id",
                schema: "echeances",
                table: "etapes",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_etapes_horloge_id_due_on_code",
                schema: "echeances",
                table: "etapes",
                columns: new[] { "horloge_id", "due_on", "code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_etapes_prevue_le",
                schema: "echeances",
                table: "etapes",
                column: "prevue_le",
                filter: "etat = 'Prevue'");

            migrationBuilder.CreateIndex(
                name: "ix_horloges_calendrier_version",
                schema: "echeances",
                table: "horloges",
                column: "calendrier_version",
                filter: "closed_on is null");

            migrationBuilder.CreateIndex(
                name: "ix_horloges_courrier_id_kind",
                schema: "echeances",
                table: "horloges",
                columns: new[] { "courrier_id", "kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_horloges_due_on",
                schema: "echeances",
                table: "horloges",
                column: "due_on",
                filter: "kind = 'Reponse' and closed_on is null and missed_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_journal_courrier_id_id",
                schema: "echeances",
                table: "journal",
                columns: new[] { "courrier_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_lignes_recalcul_version_id",
                schema: "echeances",
                table: "lignes_recalcul",
                columns: new[] { "version", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_lignes_relance_courriel_cle",
                schema: "echeances",
                table: "lignes_relance",
                column: "courriel_cle");

            migrationBuilder.CreateIndex(
                name: "ix_lignes_relance_courrier_id",
                schema: "echeances",
                table: "lignes_relance",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_lignes_relance_destinataire",
                schema: "echeances",
                table: "lignes_relance",
                column: "destinataire",
                filter: "courriel_cle is null and dropped_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_lignes_relance_etape_id_destinataire",
                schema: "echeances",
                table: "lignes_relance",
                columns: new[] { "etape_id", "destinataire" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "calendriers",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "entrees_calendrier",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "etapes_regimes",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "journal",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "lignes_recalcul",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "lignes_relance",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "regimes",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "regles_accuses",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "regles_silence",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "recalculs",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "etapes",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "horloges",
                schema: "echeances");

            migrationBuilder.DropTable(
                name: "suivis",
                schema: "echeances");
        }
    }
}
