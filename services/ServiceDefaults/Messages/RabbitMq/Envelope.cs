using System.Text.Json;

namespace SuiviCourrier.ServiceDefaults.Messages.RabbitMq;

/// <summary>What travels: plain JSON of our own, that any client can read. <see cref="Payload"/> is the fact as <see cref="FactJson"/> writes it.</summary>
public sealed record Envelope
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    public required Guid MessageId { get; init; }

    /// <summary>Wire name of the fact.</summary>
    public required string Type { get; init; }

    public required JsonElement Payload { get; init; }
    public string? TraceParent { get; init; }

    /// <summary>Set when it was sent to one consumer alone: another attempt.</summary>
    public string? Consumer { get; init; }

    public static Envelope Of(OutboxMessage message) => new()
    {
        MessageId = message.MessageId,
        Type = message.Type,
        Payload = JsonElement.Parse(message.Payload),
        TraceParent = message.TraceParent,
        Consumer = message.Consumer,
    };

    /// <exception cref="JsonException">Something else was put into our queue.</exception>
    public static Envelope Read(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize<Envelope>(body, s_options) ?? throw new JsonException("null is not an envelope");
}
