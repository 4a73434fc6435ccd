using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SuiviCourrier.ServiceDefaults.Courriels;

/// <summary>A key that signs what we send (<see cref="JetonsCourriel"/>), protected with the keys of the application.</summary>
public sealed class CleCourriel
{
    public required int Id { get; init; }

    /// <summary>Unreadable without the keys of the application.</summary>
    public required string Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class CleCourrielMapping : IEntityTypeConfiguration<CleCourriel>
{
    public void Configure(EntityTypeBuilder<CleCourriel> builder)
    {
        builder.ToTable("cles_courriel");
        builder.Property(c => c.Id).ValueGeneratedNever();
    }
}
