using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Ingestion.Courriers;

public enum NaturePieceAnnoncee
{
    Cheque,
    DocumentOriginal,
    Copie,
    Photographie,
    Autre,
}

/// <summary>Something that came in the envelope and is not the letter: a cheque, an original to give back.</summary>
public sealed class PieceAnnoncee
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public Guid CourrierId { get; init; }
    public required NaturePieceAnnoncee Nature { get; init; }
    public required int Nombre { get; init; }
    public string? Description { get; init; }

    /// <summary>« 2 chèques (banque, montant) ».</summary>
    public string EnMots()
    {
        var s = Nombre > 1 ? "s" : "";
        var nom = Nature switch
        {
            NaturePieceAnnoncee.Cheque => $"chèque{s}",
            NaturePieceAnnoncee.DocumentOriginal => Nombre > 1 ? "documents originaux" : "document original",
            NaturePieceAnnoncee.Copie => $"copie{s}",
            NaturePieceAnnoncee.Photographie => $"photographie{s}",
            NaturePieceAnnoncee.Autre => $"autre{s} pièce{s}",
        };
        return Description is null ? $"{Nombre} {nom}" : $"{Nombre} {nom} ({Description})";
    }
}

internal sealed class PieceAnnonceeMapping : IEntityTypeConfiguration<PieceAnnoncee>
{
    public void Configure(EntityTypeBuilder<PieceAnnoncee> builder)
    {
        builder.ToTable("pieces_annoncees", t => t.HasCheckConstraint("ck_pieces_annoncees_nombre", "nombre BETWEEN 1 AND 999"));
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.Nature).HasConversion<string>();
        builder.HasIndex(p => p.CourrierId).HasDatabaseName("ix_pieces_annoncees_courrier_id");
    }
}
