using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SuiviCourrier.Contracts.Courriers;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Register;

namespace SuiviCourrier.Benchmarks.Rows;

/// <summary>
/// One letter without file, through the handler every door uses, beside one transaction that writes the same rows: counter, sender, courrier,
/// acknowledgement, audit, outgoing fact. One client: the counter of numbers lets registrations of a site commit one after the other.
/// </summary>
internal static class Registration
{
    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var bench = await Bench.StartAsync();
        var number = 0;
        var first = await RegisterAsync(bench, number++);
        var rows = await SameRows.ReadAsync(bench.Connection, first, [
            ("ingestion.correspondants", "id = (SELECT correspondant_id FROM ingestion.courriers WHERE id = $1)"),
            ("ingestion.courriers", "id = $1"),
            ("ingestion.accuses", "courrier_id = $1"),
            ("ingestion.journal", "courrier_id = $1"),
            ("messagerie.outbox", "payload->>'courrierId' = $1::text")]);
        await using var counter = new NpgsqlCommand(
            "UPDATE ingestion.compteurs_chrono SET dernier = dernier + 1 WHERE sens = 'Arrivee' RETURNING dernier", bench.Connection);
        await counter.PrepareAsync();
        var measures = await Duel.RunAsync(
            [
                new("handler", async () =>
                {
                    await RegisterAsync(bench, number++);
                    return 1;
                }),
                new("bare Npgsql", async () =>
                {
                    await using var transaction = await bench.Connection.BeginTransactionAsync();
                    var rang = (int)(await counter.ExecuteScalarAsync())!;
                    await rows.WriteAsync(transaction, column => column switch
                    {
                        "rang" => rang,
                        "numero_chrono" => $"ARR-NUE-{rang:D6}",
                        "cle_idempotence" => $"nue:{rang}",
                        "jeton_suivi" => $"nue{rang:D23}",
                        _ => null,
                    });
                    await transaction.CommitAsync();
                    return 1;
                }),
            ],
            TimeSpan.FromSeconds(1.5));
        return [Row.Share("registration through the handler, no file", measures[0], measures[1], 0.5)];
    }

    private static async Task<Guid> RegisterAsync(Bench bench, int number)
    {
        await using var scope = bench.Courrier.Scope();
        var outcome = await scope.ServiceProvider.GetRequiredService<RegisterCourrier>().ExecuteAsync(
            new RegisterCourrier.Demande
            {
                Acteur = "essais",
                Origine = OrigineEnregistrement.Saisie,
                CleIdempotence = $"mesure:{number}",
                Canal = Canal.Lettre,
                RecuLe = new DateOnly(2026, 5, 6),
                DateCourrier = new DateOnly(2026, 5, 4),
                Objet = "Demande de rendez-vous pour un titre de séjour",
                Nom = $"Camille Essai {number}",
                Categorie = CategorieExpediteur.Particulier,
                Adresse = "12 rue des Essais\n37000 Tours",
                ServiceCode = "DCL-ETR",
            },
            CancellationToken.None);
        return outcome is RegisterCourrier.Outcome.Registered registered
            ? registered.CourrierId
            : throw new InvalidOperationException($"The registration was refused: {outcome}");
    }
}
