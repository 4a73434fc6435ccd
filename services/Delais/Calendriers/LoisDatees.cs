namespace SuiviCourrier.Delais;

/// <summary>
/// Public holidays by the law in force on each day, from the calendar's first year to no end: the base before the official
/// data set and the projection after it. The holidays of the whole Republic are today those of code du travail L3133-1, the
/// abolition days those of L3422-2 and décret n° 83-1003, the two days of Alsace-Moselle those of L3134-13.
/// For the Pacific territories, whose own codes are not in the data set, the same national days are taken, as the data set does.
/// </summary>
internal static class LoisDatees
{
    private static readonly Regle[] Nationales =
    [
        // Arrêté du 29 germinal an X (19 April 1802): four feasts kept by the Concordat.
        new(Fetes.Ascension, new DateOnly(1802, 4, 19), annee => Paques.Dimanche(annee).AddDays(39)),
        new(Fetes.Assomption, new DateOnly(1802, 4, 19), annee => new DateOnly(annee, 8, 15)),
        new(Fetes.Toussaint, new DateOnly(1802, 4, 19), annee => new DateOnly(annee, 11, 1)),
        new(Fetes.Noel, new DateOnly(1802, 4, 19), annee => new DateOnly(annee, 12, 25)),

        // Avis du Conseil d'État of 23 March 1810.
        new(Fetes.PremierJanvier, new DateOnly(1810, 3, 23), annee => new DateOnly(annee, 1, 1)),

        // Loi du 6 juillet 1880.
        new(Fetes.QuatorzeJuillet, new DateOnly(1880, 7, 6), annee => new DateOnly(annee, 7, 14)),

        // Loi du 8 mars 1886.
        new(Fetes.LundiDePaques, new DateOnly(1886, 3, 8), annee => Paques.Dimanche(annee).AddDays(1)),
        new(Fetes.LundiDePentecote, new DateOnly(1886, 3, 8), annee => Paques.Dimanche(annee).AddDays(50)),

        // Loi du 24 octobre 1922.
        new(Fetes.OnzeNovembre, new DateOnly(1922, 10, 24), annee => new DateOnly(annee, 11, 11)),

        // Loi n° 47-778 du 30 avril 1947, then loi n° 48-746 du 29 avril 1948.
        new(Fetes.PremierMai, new DateOnly(1947, 4, 30), annee => new DateOnly(annee, 5, 1)),

        // Loi n° 53-225 du 20 mars 1953, until décret n° 59-533 du 11 avril 1959; once in 1965 (décret du 1er avril 1965,
        // twentieth anniversary); loi n° 81-893 du 2 octobre 1981 since then.
        new(Fetes.HuitMai, new DateOnly(1953, 3, 20), annee => new DateOnly(annee, 5, 8)) { Au = new DateOnly(1959, 4, 10) },
        new(Fetes.HuitMai, new DateOnly(1965, 4, 1), annee => new DateOnly(annee, 5, 8)) { Au = new DateOnly(1965, 12, 31) },
        new(Fetes.HuitMai, new DateOnly(1981, 10, 2), annee => new DateOnly(annee, 5, 8)),
    ];

    // Ordonnance du 16 août 1892, kept by the law of 17 October 1919. Good Friday only in communes with a protestant temple
    // or a mixed church: a setting of the site.
    private static readonly Regle[] AlsaceMoselle =
    [
        new(Fetes.VendrediSaint, new DateOnly(1892, 8, 16), annee => Paques.Dimanche(annee).AddDays(-2)),
        new(Fetes.DeuxiemeJourDeNoel, new DateOnly(1892, 8, 16), annee => new DateOnly(annee, 12, 26)),
    ];

    // Loi n° 83-550 du 30 juin 1983; the days are set by décret n° 83-1003 du 23 novembre 1983, published on the 24th: the first
    // is thus 20 December 1983 in La Réunion, the others follow in 1984.
    private static readonly DateOnly DecretAbolition = new(1983, 11, 24);

    // Décret n° 2012-553 du 23 avril 2012, in force on the 26th, gives their own days to Saint-Barthélemy and Saint-Martin,
    // until 15 July 2007 communes of Guadeloupe.
    private static readonly DateOnly DecretIlesDuNord = new(2012, 4, 26);

    public static IEnumerable<(DateOnly Date, string Nom)> ForYear(Zone zone, int annee) =>
        Nationales.Concat(Locales(zone))
            .Select(regle => (Date: regle.Jour(annee), regle))
            .Where(jour => jour.Date >= jour.regle.Du && jour.Date <= jour.regle.Au)
            .Select(jour => (jour.Date, jour.regle.Nom));

    private static Regle[] Locales(Zone zone) => zone switch
    {
        Zone.AlsaceMoselle => AlsaceMoselle,
        Zone.Guadeloupe => [Abolition(5, 27)],
        Zone.Guyane => [Abolition(6, 10)],
        Zone.Martinique => [Abolition(5, 22)],
        Zone.Mayotte => [Abolition(4, 27)],
        Zone.LaReunion => [Abolition(12, 20)],
        Zone.SaintBarthelemy =>
        [
            Abolition(5, 27) with { Au = new DateOnly(2007, 7, 14) },
            Abolition(10, 9) with { Du = DecretIlesDuNord },
        ],

        // 28 May by the interministerial circulars of 4 May 2018 and 3 May 2019, where L3422-2 still reads 27 May: the
        // data set follows the circulars, and the projection follows the data set.
        Zone.SaintMartin =>
        [
            Abolition(5, 27) with { Au = new DateOnly(2017, 12, 31) },
            Abolition(5, 28) with { Du = new DateOnly(2018, 1, 1) },
        ],
        Zone.Metropole or Zone.SaintPierreEtMiquelon or Zone.NouvelleCaledonie or Zone.PolynesieFrancaise or Zone.WallisEtFutuna => [],
    };

    private static Regle Abolition(int mois, int jour) =>
        new(Fetes.AbolitionDeLEsclavage, DecretAbolition, annee => new DateOnly(annee, mois, jour));

    private sealed record Regle(string Nom, DateOnly Du, Func<int, DateOnly> Jour)
    {
        public DateOnly Au { get; init; } = DateOnly.MaxValue;
    }
}
