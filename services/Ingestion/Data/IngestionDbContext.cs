using Microsoft.EntityFrameworkCore;
using SuiviCourrier.Ingestion.Accuses;
using SuiviCourrier.Ingestion.Accuses.Modeles;
using SuiviCourrier.Ingestion.Accuses.PiecesDemandees;
using SuiviCourrier.Ingestion.Annuaire;
using SuiviCourrier.Ingestion.Annuaire.Fonctions;
using SuiviCourrier.Ingestion.Annuaire.FranceServices;
using SuiviCourrier.Ingestion.BoitesFonctionnelles;
using SuiviCourrier.Ingestion.Courriers;
using SuiviCourrier.Ingestion.Courriers.Fichiers.Textes;
using SuiviCourrier.Ingestion.Stock;
using SuiviCourrier.ServiceDefaults.Data;
using SuiviCourrier.ServiceDefaults.Messages;

namespace SuiviCourrier.Ingestion.Data;

public sealed class IngestionDbContext(DbContextOptions<IngestionDbContext> options, OutboxSignal signal) : ServiceDbContext(options, signal)
{
    public const string SchemaName = "ingestion";
    public const string Role = "courrier_ingestion";

    public override string Schema => SchemaName;

    public DbSet<Site> Sites => Set<Site>();
    public DbSet<ServicePrefecture> Services => Set<ServicePrefecture>();
    public DbSet<TypeCourrier> Types => Set<TypeCourrier>();
    public DbSet<Correspondant> Correspondants => Set<Correspondant>();
    public DbSet<AdresseCorrespondant> AdressesCorrespondants => Set<AdresseCorrespondant>();
    public DbSet<Fonction> Fonctions => Set<Fonction>();
    public DbSet<LienFranceServices> LiensFranceServices => Set<LienFranceServices>();
    public DbSet<CompteurChrono> CompteursChrono => Set<CompteurChrono>();
    public DbSet<Courrier> Courriers => Set<Courrier>();
    public DbSet<PieceAnnoncee> PiecesAnnoncees => Set<PieceAnnoncee>();
    public DbSet<Piece> Pieces => Set<Piece>();
    public DbSet<Passage> Passages => Set<Passage>();
    public DbSet<MotsCourrier> MotsCourriers => Set<MotsCourrier>();
    public DbSet<Echange> Echanges => Set<Echange>();
    public DbSet<Accuse> Accuses => Set<Accuse>();
    public DbSet<PieceDemandee> PiecesDemandees => Set<PieceDemandee>();
    public DbSet<VersionModele> VersionsModeles => Set<VersionModele>();
    public DbSet<DemandeModele> DemandesModeles => Set<DemandeModele>();
    public DbSet<BoiteFonctionnelle> Boites => Set<BoiteFonctionnelle>();
    public DbSet<JourneeBoite> JourneesBoites => Set<JourneeBoite>();
    public DbSet<MessageRecu> MessagesRecus => Set<MessageRecu>();
    public DbSet<LigneStock> LignesStock => Set<LigneStock>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(IngestionDbContext).Assembly);
    }
}
