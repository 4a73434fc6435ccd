using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.Portail.Comptes.ClesApi;

/// <summary>
/// What a program of ours or of a partner calls the API with: named operations, on the courriers of named services. Never deleted, because
/// the audit names it: revoked.
/// </summary>
public sealed class CleApi
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The program that has it, as the administrator calls it.</summary>
    public required string Nom { get; init; }

    /// <summary>SHA-256 of the key. The key itself is random on 256 bits: nothing slower than one hash is needed to keep it.</summary>
    public required byte[] Empreinte { get; init; }

    /// <summary>Operations it allows, by their names in the OpenAPI document.</summary>
    public required string[] Operations { get; init; }

    /// <summary>Services it is limited to, sub-services included; empty means every service.</summary>
    public required string[] Services { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Account identifier of the administrator, or <c>commande</c>.</summary>
    public required string CreatedBy { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Last use, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>The secret itself, which only its program keeps.</summary>
public static class SecretCle
{
    /// <summary>Lets whoever finds a key in a repository or a log say what it is.</summary>
    private const string Prefix = "courrier_";

    /// <summary>256 random bits.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] EmpreinteOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether it can be a key at all: what cannot is not looked up.</summary>
    public static bool IsPossible(string secret) => secret.Length == Prefix.Length + 43 && secret.StartsWith(Prefix, StringComparison.Ordinal);
}

internal sealed class CleApiMapping : IEntityTypeConfiguration<CleApi>
{
    public const string NomIndex = "ux_cles_api_nom";

    public void Configure(EntityTypeBuilder<CleApi> builder)
    {
        builder.ToTable("cles_api", t =>
        {
            t.HasCheckConstraint("ck_cles_api_empreinte", "octet_length(empreinte) = 32");
            t.HasCheckConstraint("ck_cles_api_operations", "cardinality(operations) > 0");
        });
        builder.Property(c => c.Nom).HasMaxLength(100);
        builder.HasIndex(c => c.Empreinte).IsUnique().HasDatabaseName("ux_cles_api_empreinte");
        builder.HasIndex(c => c.Nom).IsUnique().HasDatabaseName(NomIndex).HasFilter("revoked_at is null");
    }
}
