using SuiviCourrier.Portail.Data;
using SuiviCourrier.Presentation.Mots;
using SuiviCourrier.Presentation.Rights;
using SuiviCourrier.ServiceDefaults.Courriels;

namespace SuiviCourrier.Portail.Envois;

/// <summary>
/// A person sends stuck messages again, or says that they were seen to otherwise. Each keeps its Message-ID. Only an uncertain one may reach its
/// recipient twice: it takes a reason and an explicit yes.
/// </summary>
public sealed class DecideEnvois(PortailDbContext db, EnvoisBloques envois, TimeProvider clock)
{
    /// <summary>Messages one decision is about: more take another one.</summary>
    public const int Maximum = 1000;

    private const int LongueurMotif = 500;

    public sealed record Demande
    {
        public required GenreEnvois Genre { get; init; }

        /// <summary>Those chosen; empty: all of the list.</summary>
        public IReadOnlyList<Guid> Ids { get; init; } = [];

        /// <summary>Required for uncertain ones, and for those not to be shown any more.</summary>
        public string? Motif { get; init; }

        /// <summary>For uncertain ones: the person knows that they may arrive twice.</summary>
        public bool AccepteDouble { get; init; }
    }

    public abstract record Outcome
    {
        /// <param name="Nombre">Messages decided about; fewer than asked when their state had changed.</param>
        public sealed record Done(int Nombre) : Outcome;

        /// <param name="Champ">Field of the page that is wrong.</param>
        public sealed record Refused(string Champ, string Phrase) : Outcome;
    }

    public Task<Outcome> RetryAsync(Agent agent, Demande demande, CancellationToken cancellationToken)
    {
        var isIncertain = demande.Genre == GenreEnvois.Incertains;
        if (isIncertain && !demande.AccepteDouble)
        {
            return Task.FromResult<Outcome>(new Outcome.Refused(nameof(Demande.AccepteDouble), "Ces messages sont peut-être arrivés : confirmez que leurs destinataires peuvent les recevoir deux fois"));
        }

        return DecideAsync(
            agent, demande, isIncertain, EtatCourriel.AEnvoyer.Libelle(),
            (envoi, now) => demande.Genre == GenreEnvois.EnAttente
                ? db.Courriels.HurryAsync(envoi.Cle, now, cancellationToken)
                : db.Courriels.SendAgainAsync(envoi.Cle, now, cancellationToken),
            cancellationToken);
    }

    /// <summary>For refused and uncertain ones only: what waits leaves by itself.</summary>
    public Task<Outcome> CloseAsync(Agent agent, Demande demande, CancellationToken cancellationToken) => DecideAsync(
        agent, demande, isReasonRequired: true, "traité autrement", (envoi, now) => db.Courriels.DoneOtherwiseAsync(envoi.Cle, now, cancellationToken), cancellationToken);

    private async Task<Outcome> DecideAsync(
        Agent agent, Demande demande, bool isReasonRequired, string apres, Func<EnvoiBloque, DateTimeOffset, Task<bool>> decideAsync, CancellationToken cancellationToken)
    {
        if (Saisie.Refus(demande.Motif, LongueurMotif, isReasonRequired) is { } refus)
        {
            return new Outcome.Refused(nameof(Demande.Motif), refus);
        }

        var chosen = demande.Ids.ToHashSet();
        var now = clock.GetUtcNow();
        var decided = 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var envoi in await envois.ListAsync(agent, demande.Genre, Maximum, cancellationToken))
        {
            if ((chosen.Count > 0 && !chosen.Contains(envoi.Id)) || !await decideAsync(envoi, now))
            {
                continue;
            }

            decided++;
            db.Journal.Record(
                agent.Id.ToString(), nameof(DecideEnvois), $"courriel:{envoi.Id}", envoi.CourrierId, now, avant: $"{envoi.Nature} : {envoi.Etat.Libelle()}", apres: apres,
                motif: string.IsNullOrWhiteSpace(demande.Motif) ? null : demande.Motif.Trim());
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Outcome.Done(decided);
    }
}
