using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace SuiviCourrier.ServiceDefaults.Data.Migrations
{
    /// <inheritdoc />
    public partial class InitialSchema : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "messagerie");

            migrationBuilder.CreateTable(
                name: "cles_courriel",
                schema: "messagerie",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    secret = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cles_courriel", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cles_idempotence",
                schema: "messagerie",
                columns: table => new
                {
                    appelant = table.Column<string>(type: "text", nullable: false),
                    cle = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    empreinte = table.Column<byte[]>(type: "bytea", nullable: false),
                    statut = table.Column<int>(type: "integer", nullable: false),
                    adresse = table.Column<string>(type: "text", nullable: true),
                    corps = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cles_idempotence", x => new { x.appelant, x.cle });
                    table.CheckConstraint("ck_cles_idempotence_empreinte", "octet_length(empreinte) = 32");
                });

            migrationBuilder.CreateTable(
                name: "courriels_sortants",
                schema: "messagerie",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    cle = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    courrier_id = table.Column<Guid>(type: "uuid", nullable: true),
                    reference = table.Column<string>(type: "text", nullable: false),
                    etat = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    renvoye_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    data_started = table.Column<bool>(type: "boolean", nullable: false),
                    message_id = table.Column<string>(type: "text", nullable: true),
                    accepte_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    detail = table.Column<string>(type: "text", nullable: true),
                    fichier_sha256 = table.Column<string>(type: "text", nullable: true),
                    destinataire_sha256 = table.Column<string>(type: "text", nullable: true),
                    traite_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revenu_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    settled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_courriels_sortants", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "echecs",
                schema: "messagerie",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer = table.Column<string>(type: "text", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    erreur = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    failed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolved_by = table.Column<string>(type: "text", nullable: true),
                    motif = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_echecs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "fichiers",
                schema: "messagerie",
                columns: table => new
                {
                    sha256 = table.Column<string>(type: "text", nullable: false),
                    taille = table.Column<long>(type: "bigint", nullable: false),
                    type_mime = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_fichiers", x => x.sha256);
                    table.CheckConstraint("ck_fichiers_sha256", "sha256 ~ '^[0-9a-f]{64}$'");
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "messagerie",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer = table.Column<string>(type: "text", nullable: false),
                    handled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox", x => new { x.message_id, x.consumer });
                });

            migrationBuilder.CreateTable(
                name: "livraisons",
                schema: "messagerie",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    alone_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_livraisons", x => new { x.message_id, x.consumer });
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                schema: "messagerie",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    trace_parent = table.Column<string>(type: "text", nullable: true),
                    consumer = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_cles_idempotence_created_at",
                schema: "messagerie",
                table: "cles_idempotence",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_bloques",
                schema: "messagerie",
                table: "courriels_sortants",
                column: "created_at",
                filter: "etat in ('Refuse', 'Incertain') and traite_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_cle",
                schema: "messagerie",
                table: "courriels_sortants",
                column: "cle",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_courrier_id",
                schema: "messagerie",
                table: "courriels_sortants",
                column: "courrier_id");

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_destinataire_sha256_accepte_at",
                schema: "messagerie",
                table: "courriels_sortants",
                columns: new[] { "destinataire_sha256", "accepte_at" });

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_a_signaler",
                schema: "messagerie",
                table: "courriels_sortants",
                column: "id",
                filter: "settled_at is null and etat not in ('AEnvoyer', 'Differe', 'EnCours')");

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_message_id",
                schema: "messagerie",
                table: "courriels_sortants",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "ix_courriels_sortants_not_before",
                schema: "messagerie",
                table: "courriels_sortants",
                column: "not_before",
                filter: "etat in ('AEnvoyer', 'Differe', 'EnCours')");

            migrationBuilder.CreateIndex(
                name: "ix_echecs_failed_at",
                schema: "messagerie",
                table: "echecs",
                column: "failed_at",
                filter: "resolved_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_inbox_handled_at",
                schema: "messagerie",
                table: "inbox",
                column: "handled_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_id",
                schema: "messagerie",
                table: "outbox",
                column: "message_id");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_not_before_id",
                schema: "messagerie",
                table: "outbox",
                columns: new[] { "not_before", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cles_courriel",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "cles_idempotence",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "courriels_sortants",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "echecs",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "fichiers",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "livraisons",
                schema: "messagerie");

            migrationBuilder.DropTable(
                name: "outbox",
                schema: "messagerie");
        }
    }
}
