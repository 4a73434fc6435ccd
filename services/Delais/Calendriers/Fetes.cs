namespace SuiviCourrier.Delais;

/// <summary>Names of the feasts, as the official data set writes them (with the typographic apostrophe).</summary>
public static class Fetes
{
    public const string PremierJanvier = "1er janvier";
    public const string VendrediSaint = "Vendredi saint";
    public const string LundiDePaques = "Lundi de Pâques";
    public const string PremierMai = "1er mai";
    public const string HuitMai = "8 mai";
    public const string Ascension = "Ascension";
    public const string LundiDePentecote = "Lundi de Pentecôte";
    public const string QuatorzeJuillet = "14 juillet";
    public const string Assomption = "Assomption";
    public const string Toussaint = "Toussaint";
    public const string OnzeNovembre = "11 novembre";
    public const string Noel = "Jour de Noël";
    public const string DeuxiemeJourDeNoel = "2ème jour de Noël";
    public const string AbolitionDeLEsclavage = "Abolition de l’esclavage";
}
