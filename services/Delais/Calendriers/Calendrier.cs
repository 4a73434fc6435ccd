namespace SuiviCourrier.Delais;

/// <summary>
/// The working days of one site: Monday to Friday minus the holidays of its territory, plus and minus its own entries, minus the
/// closures that stop the count. Immutable and safe to share; about a millisecond and a megabyte to build: keep one per site and
/// version. Every question about a day is one array access.
/// </summary>
public sealed class Calendrier
{
    /// <summary>First year a calendar knows: nothing is registered as received before 1900.</summary>
    public const int PremiereAnnee = 1900;

    /// <summary>Last year a calendar knows.</summary>
    public const int DerniereAnnee = 2199;

    /// <summary>First day a calendar knows.</summary>
    public static readonly DateOnly PremierJour = new(PremiereAnnee, 1, 1);

    /// <summary>Last day a calendar knows.</summary>
    public static readonly DateOnly DernierJour = new(DerniereAnnee, 12, 31);

    private static readonly int Origine = PremierJour.DayNumber;

    private readonly int[] workingUpTo; // by day since PremierJour: how many working days up to and including it
    private readonly int[] workingDays; // by rank: day number of the working day
    private readonly Dictionary<DateOnly, JourFerie> feries = [];
    private readonly Dictionary<DateOnly, Fermeture> fermetures = [];
    private readonly int firstProjectedYear;

    /// <exception cref="ArgumentException">A closure ends before it begins.</exception>
    public Calendrier(ReglageCalendrier reglage, JeuOfficiel? jeu = null)
    {
        ArgumentNullException.ThrowIfNull(reglage);

        Reglage = reglage;
        firstProjectedYear = (jeu ?? JeuOfficiel.Embarque).DerniereAnnee(reglage.Zone) is { } last ? last + 1 : int.MaxValue;

        AddHolidaysOfTheZone(jeu);
        AddEntriesOfTheSite();

        var days = DernierJour.DayNumber - Origine + 1;
        workingUpTo = new int[days];
        var working = new List<int>(days);
        for (var day = 0; day < days; day++)
        {
            var date = DateOnly.FromDayNumber(Origine + day);
            if (!IsWeekend(date) && !feries.ContainsKey(date) && !fermetures.ContainsKey(date))
            {
                working.Add(Origine + day);
            }

            workingUpTo[day] = working.Count;
        }

        workingDays = [.. working];
    }

    public Calendrier(Zone zone)
        : this(new ReglageCalendrier { Zone = zone })
    {
    }

    public ReglageCalendrier Reglage { get; }

    /// <summary>Whether the day counts as a jour ouvré.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The day is outside 1900–2199.</exception>
    public bool IsOuvre(DateOnly date)
    {
        var index = Index(date);

        return workingUpTo[index] != (index == 0 ? 0 : workingUpTo[index - 1]);
    }

    /// <summary>The holiday of that day at this site, weekends included; null when there is none.</summary>
    public JourFerie? Ferie(DateOnly date) => feries.GetValueOrDefault(date);

    /// <summary>The closure that stops the count on that day; null when there is none.</summary>
    public Fermeture? FermetureDecomptee(DateOnly date) => fermetures.GetValueOrDefault(date);

    /// <summary>Why the day is not a jour ouvré, in French: « samedi », « dimanche », « férié (Ascension) », « fermeture (pont) »; null when it is one.</summary>
    public string? MotifNonOuvre(DateOnly date) => date.DayOfWeek switch
    {
        DayOfWeek.Saturday => "samedi",
        DayOfWeek.Sunday => "dimanche",
        _ when feries.TryGetValue(date, out var ferie) => ferie.Motif,
        _ when fermetures.TryGetValue(date, out var fermeture) => $"fermeture ({fermeture.Libelle})",
        _ => null,
    };

    /// <summary>Whether the holidays of that day's year are today's law projected.</summary>
    public bool IsProjection(DateOnly date) => date.Year >= firstProjectedYear;

    /// <summary>
    /// The <paramref name="nombre"/>-th jour ouvré strictly after the day (before it when negative); the day itself for zero,
    /// whatever it is. The starting day is day 0 and is never counted.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Start or result is outside 1900–2199.</exception>
    public DateOnly AddJoursOuvres(DateOnly depart, int nombre)
    {
        var index = Index(depart);
        if (nombre == 0)
        {
            return depart;
        }

        var upTo = workingUpTo[index];
        var rank = nombre > 0
            ? (long)upTo + nombre - 1
            : (IsOuvre(depart) ? upTo - 1L : upTo) + nombre;
        if (rank < 0 || rank >= workingDays.Length)
        {
            throw OutOfRange(nameof(nombre), nombre);
        }

        return DateOnly.FromDayNumber(workingDays[rank]);
    }

    /// <summary>The day itself when it is ouvré, otherwise the last jour ouvré before it.</summary>
    public DateOnly JourOuvreAuPlusTard(DateOnly date) => IsOuvre(date) ? date : AddJoursOuvres(date, -1);

    /// <summary>The day itself when it is ouvré, otherwise the first jour ouvré after it.</summary>
    public DateOnly JourOuvreAuPlusTot(DateOnly date) => IsOuvre(date) ? date : AddJoursOuvres(date, 1);

    /// <summary>
    /// How many jours ouvrés lie after <paramref name="de"/>, up to and including <paramref name="a"/>: 1 from Friday to Monday,
    /// 0 from Friday to Saturday. Negative when <paramref name="a"/> is before <paramref name="de"/>.
    /// </summary>
    public int JoursOuvresEntre(DateOnly de, DateOnly a) => workingUpTo[Index(a)] - workingUpTo[Index(de)];

    private static bool IsWeekend(DateOnly date) => date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static int Index(DateOnly date)
    {
        var index = date.DayNumber - Origine;
        if (index < 0 || date > DernierJour)
        {
            throw OutOfRange(nameof(date), date);
        }

        return index;
    }

    private static ArgumentOutOfRangeException OutOfRange(string name, object value) =>
        new(name, value, $"A calendar covers the years {PremiereAnnee} to {DerniereAnnee}.");

    private void AddHolidaysOfTheZone(JeuOfficiel? jeu)
    {
        for (var annee = PremiereAnnee; annee <= DerniereAnnee; annee++)
        {
            foreach (var ferie in JoursFeries.ForYear(Reglage.Zone, annee, jeu))
            {
                if (WithoutWorkedFeasts(ferie) is { } kept)
                {
                    feries.Add(kept.Date, kept);
                }
            }
        }
    }

    private JourFerie? WithoutWorkedFeasts(JourFerie ferie)
    {
        var noms = ferie.Noms
            .Where(nom => !(Reglage.VendrediSaintTravaille && nom == Fetes.VendrediSaint))
            .Where(nom => !(Reglage.LundiPentecoteTravaille && nom == Fetes.LundiDePentecote))
            .ToArray();

        return noms.Length == ferie.Noms.Count ? ferie
            : noms.Length == 0 ? null
            : new JourFerie(ferie.Date, noms, ferie.Origine);
    }

    private void AddEntriesOfTheSite()
    {
        foreach (var date in Reglage.JoursRetires.SelectMany(jour => Occurrences(jour.Date, jour.ChaqueAnnee)))
        {
            feries.Remove(date);
        }

        foreach (var ajoute in Reglage.JoursAjoutes)
        {
            foreach (var date in Occurrences(ajoute.Date, ajoute.ChaqueAnnee))
            {
                feries[date] = feries.TryGetValue(date, out var already)
                    ? new JourFerie(date, [.. already.Noms.Append(ajoute.Libelle).Distinct()], already.Origine)
                    : new JourFerie(date, [ajoute.Libelle], OrigineJourFerie.Site);
            }
        }

        foreach (var fermeture in Reglage.Fermetures)
        {
            if (fermeture.Au < fermeture.Du)
            {
                throw new ArgumentException($"The closure « {fermeture.Libelle} » ends before it begins.");
            }

            var end = fermeture.Au < DernierJour ? fermeture.Au : DernierJour;
            for (var date = fermeture.Du; fermeture.ArreteLeDecompte && date <= end; date = date.AddDays(1))
            {
                fermetures.TryAdd(date, fermeture);
            }
        }
    }

    private static IEnumerable<DateOnly> Occurrences(DateOnly date, bool chaqueAnnee)
    {
        if (!chaqueAnnee)
        {
            return [date];
        }

        return Enumerable.Range(date.Year, Math.Max(0, DerniereAnnee - date.Year + 1))
            .Where(annee => date.Day <= DateTime.DaysInMonth(annee, date.Month))
            .Select(annee => new DateOnly(annee, date.Month, date.Day));
    }
}
