using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SuiviCourrier.Portail.Data.Migrations
{
    /// <inheritdoc />
    public partial class InitialSchema : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "portail");

            migrationBuilder.CreateTable(
                name: "cles_api",
                schema: "portail",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    nom = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    empreinte = table.Column<byte[]>(type: "bytea", nullable: false),
                    operations = table.Column<string[]>(type: "text[]", nullable: false),
                    services = table.Column<string[]>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cles_api", x => x.id);
                    table.CheckConstraint("ck_cles_api_empreinte", "octet_length(empreinte) = 32");
                    table.CheckConstraint("ck_cles_api_operations", "cardinality(operations) > 0");
                });

            migrationBuilder.CreateTable(
                name: "cles_protection",
                schema: "portail",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    friendly_name = table.Column<string>(type: "text", nullable: true),
                    xml = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cles_protection", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "comptes",
                schema: "portail",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    nom = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    service_code = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    is_actif = table.Column<bool>(type: "boolean", nullable: false),
                    is_demonstration = table.Column<bool>(type: "boolean", nullable: false),
                    user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    normalized_user_name = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    normalized_email = table.Column<string>(type: "character varying(256)", maxLength: 256, nullable: true),
                    email_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: true),
                    security_stamp = table.Column<string>(type: "text", nullable: true),
                    concurrency_stamp = table.Column<string>(type: "text", nullable: true),
                    phone_number = table.Column<string>(type: "text", nullable: true),
                    phone_number_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    two_factor_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    lockout_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lockout_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    access_failed_count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comptes", x => x.id);
                    table.CheckConstraint("ck_comptes_role", "role <> 'Programme'");
                });

            migrationBuilder.CreateTable(
                name: "journal",
                schema: "portail",
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
                name: "comptes_claims",
                schema: "portail",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    claim_type = table.Column<string>(type: "text", nullable: true),
                    claim_value = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comptes_claims", x => x.id);
                    table.ForeignKey(
                        name: "fk_comptes_claims_comptes_user_id",
                        column: x => x.user_id,
                        principalSchema: "portail",
                        principalTable: "comptes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "comptes_logins",
                schema: "portail",
                columns: table => new
                {
                    login_provider = table.Column<string>(type: "text", nullable: false),
                    provider_key = table.Column<string>(type: "text", nullable: false),
                    provider_display_name = table.Column<string>(type: "text", nullable: true),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comptes_logins", x => new { x.login_provider, x.provider_key });
                    table.ForeignKey(
                        name: "fk_comptes_logins_comptes_user_id",
                        column: x => x.user_id,
                        principalSchema: "portail",
                        principalTable: "comptes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "comptes_tokens",
                schema: "portail",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    login_provider = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comptes_tokens", x => new { x.user_id, x.login_provider, x.name });
                    table.ForeignKey(
                        name: "fk_comptes_tokens_comptes_user_id",
                        column: x => x.user_id,
                        principalSchema: "portail",
                        principalTable: "comptes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dossiers",
                schema: "portail",
                columns: table => new
                {
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    etat = table.Column<string>(type: "text", nullable: false),
                    service_instructeur_code = table.Column<string>(type: "text", nullable: true),
                    is_affecte = table.Column<bool>(type: "boolean", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    is_qualifie = table.Column<bool>(type: "boolean", nullable: false),
                    nature = table.Column<string>(type: "text", nullable: true),
                    type_code = table.Column<string>(type: "text", nullable: true),
                    repondu_le = table.Column<DateOnly>(type: "date", nullable: true),
                    clos_le = table.Column<DateOnly>(type: "date", nullable: true),
                    motif_cloture = table.Column<string>(type: "text", nullable: true),
                    stream_version = table.Column<int>(type: "integer", nullable: false),
                    version_ingestion = table.Column<int>(type: "integer", nullable: false),
                    site_code = table.Column<string>(type: "text", nullable: false),
                    numero_chrono = table.Column<string>(type: "text", nullable: false),
                    objet = table.Column<string>(type: "text", nullable: false),
                    expediteur_nom = table.Column<string>(type: "text", nullable: false),
                    expediteur_fonction = table.Column<string>(type: "text", nullable: true),
                    expediteur_categorie = table.Column<string>(type: "text", nullable: false),
                    canal = table.Column<string>(type: "text", nullable: false),
                    recu_le = table.Column<DateOnly>(type: "date", nullable: false),
                    enregistre_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_restreint = table.Column<bool>(type: "boolean", nullable: false),
                    is_pour_information = table.Column<bool>(type: "boolean", nullable: false),
                    accuse_etat = table.Column<string>(type: "text", nullable: true),
                    version_accuse = table.Column<int>(type: "integer", nullable: false),
                    version_echeances = table.Column<int>(type: "integer", nullable: false),
                    due_on = table.Column<DateOnly>(type: "date", nullable: true),
                    regime_code = table.Column<string>(type: "text", nullable: true),
                    tri_le = table.Column<DateOnly>(type: "date", nullable: false, computedColumnSql: "coalesce(due_on, '9999-12-31'::date)", stored: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    transaction_id = table.Column<ulong>(type: "xid8", nullable: false, defaultValueSql: "pg_current_xact_id()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dossiers", x => x.courrier_id);
                    table.CheckConstraint("ck_dossiers_motif", "(etat = 'ClasseSansSuite') = (motif_cloture is not null)");
                    table.CheckConstraint("ck_dossiers_ouvert", "not (etat in ('Enregistre', 'Affecte', 'EnInstruction', 'EnAttentePieces')) or (repondu_le is null and clos_le is null)");
                    table.CheckConstraint("ck_dossiers_repondu", "(etat <> 'Repondu') or (repondu_le is not null)");
                    table.ForeignKey(
                        name: "fk_dossiers_comptes_agent_id",
                        column: x => x.agent_id,
                        principalSchema: "portail",
                        principalTable: "comptes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "reponses",
                schema: "portail",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mode = table.Column<string>(type: "text", nullable: false),
                    is_sur_le_fond = table.Column<bool>(type: "boolean", nullable: false),
                    repondu_le = table.Column<DateOnly>(type: "date", nullable: false),
                    auteur_id = table.Column<Guid>(type: "uuid", nullable: true),
                    cle_api_id = table.Column<Guid>(type: "uuid", nullable: true),
                    personne = table.Column<string>(type: "text", nullable: true),
                    destinataire = table.Column<string>(type: "text", nullable: true),
                    objet = table.Column<string>(type: "text", nullable: true),
                    texte = table.Column<string>(type: "text", nullable: true),
                    fichier_sha256 = table.Column<string>(type: "text", nullable: true),
                    fichier_nom = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    etat_envoi = table.Column<string>(type: "text", nullable: true),
                    non_remise_le = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reponses", x => x.id);
                    table.CheckConstraint("ck_reponses_auteur", "num_nonnulls(auteur_id, cle_api_id) = 1");
                    table.CheckConstraint("ck_reponses_contenu", "texte is not null or fichier_sha256 is not null");
                    table.CheckConstraint("ck_reponses_courriel", "(mode = 'Courriel') or (destinataire is null)");
                    table.ForeignKey(
                        name: "fk_reponses_cles_api_cle_api_id",
                        column: x => x.cle_api_id,
                        principalSchema: "portail",
                        principalTable: "cles_api",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reponses_comptes_auteur_id",
                        column: x => x.auteur_id,
                        principalSchema: "portail",
                        principalTable: "comptes",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reponses_dossiers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "portail",
                        principalTable: "dossiers",
                        principalColumn: "courrier_id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_reponses_fichiers_fichier_sha256",
                        column: x => x.fichier_sha256,
                        principalSchema: "messagerie",
                        principalTable: "fichiers",
                        principalColumn: "sha256",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "taches",
                schema: "portail",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    cle = table.Column<string>(type: "text", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: false),
                    echange_id = table.Column<Guid>(type: "uuid", nullable: true),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    done_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    done_by = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_taches", x => x.id);
                    table.ForeignKey(
                        name: "fk_taches_dossiers_courrier_id",
                        column: x => x.courrier_id,
                        principalSchema: "portail",
                        principalTable: "dossiers",
                        principalColumn: "courrier_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ux_cles_api_empreinte",
                schema: "portail",
                table: "cles_api",
                column: "empreinte",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_cles_api_nom",
                schema: "portail",
                table: "cles_api",
                column: "nom",
                unique: true,
                filter: "revoked_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_comptes_normalized_email",
                schema: "portail",
                table: "comptes",
                column: "normalized_email",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_comptes_normalized_user_name",
                schema: "portail",
                table: "comptes",
                column: "normalized_user_name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_comptes_service_code",
                schema: "portail",
                table: "comptes",
                column: "service_code");

            migrationBuilder.CreateIndex(
                name: "ix_comptes_claims_user_id",
                schema: "portail",
                table: "comptes_claims",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_comptes_logins_user_id",
                schema: "portail",
                table: "comptes_logins",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_changements",
                schema: "portail",
                table: "dossiers",
                columns: new[] { "transaction_id", "courrier_id" });

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_chrono",
                schema: "portail",
                table: "dossiers",
                column: "numero_chrono");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_due_on",
                schema: "portail",
                table: "dossiers",
                column: "due_on");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_enregistre_le",
                schema: "portail",
                table: "dossiers",
                column: "enregistre_le");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_ouverts_par_agent",
                schema: "portail",
                table: "dossiers",
                columns: new[] { "agent_id", "tri_le" },
                filter: "etat in ('Enregistre', 'Affecte', 'EnInstruction', 'EnAttentePieces')");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_ouverts_par_echeance",
                schema: "portail",
                table: "dossiers",
                columns: new[] { "tri_le", "courrier_id" },
                filter: "etat in ('Enregistre', 'Affecte', 'EnInstruction', 'EnAttentePieces')");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_ouverts_par_service",
                schema: "portail",
                table: "dossiers",
                columns: new[] { "service_instructeur_code", "tri_le", "courrier_id" },
                filter: "etat in ('Enregistre', 'Affecte', 'EnInstruction', 'EnAttentePieces')");

            migrationBuilder.CreateIndex(
                name: "ix_dossiers_tri_le_courrier_id",
                schema: "portail",
                table: "dossiers",
                columns: new[] { "tri_le", "courrier_id" });

            migrationBuilder.CreateIndex(
                name: "ix_journal_courrier_id_id",
                schema: "portail",
                table: "journal",
                columns: new[] { "courrier_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_reponses_auteur_id",
                schema: "portail",
                table: "reponses",
                column: "auteur_id");

            migrationBuilder.CreateIndex(
                name: "ix_reponses_cle_api_id",
                schema: "portail",
                table: "reponses",
                column: "cle_api_id");

            migrationBuilder.CreateIndex(
                name: "ix_reponses_courrier_id",
                schema: "portail",
                table: "reponses",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_reponses_fichier_sha256",
                schema: "portail",
                table: "reponses",
                column: "fichier_sha256");

            migrationBuilder.CreateIndex(
                name: "ix_taches_a_faire",
                schema: "portail",
                table: "taches",
                columns: new[] { "kind", "courrier_id" },
                filter: "done_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_taches_cle",
                schema: "portail",
                table: "taches",
                column: "cle",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_taches_courrier_id",
                schema: "portail",
                table: "taches",
                column: "courrier_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cles_protection",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "comptes_claims",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "comptes_logins",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "comptes_tokens",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "journal",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "reponses",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "taches",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "cles_api",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "dossiers",
                schema: "portail");

            migrationBuilder.DropTable(
                name: "comptes",
                schema: "portail");
        }
    }
}
