using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SuiviCourrier.Host.Tests;

/// <summary>What a monitoring tool offers to applications: OTLP over HTTP, in protobuf. Keeps the bytes as they came.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _traces = new();
    private readonly ConcurrentQueue<byte[]> _metrics = new();

    private OtlpCollector(WebApplication app) => _app = app;

    public Uri Endpoint => new(_app.Urls.Single());

    /// <summary>Everything received, of both kinds.</summary>
    public IEnumerable<byte[]> Received => _traces.Concat(_metrics);

    public IReadOnlyList<Span> Spans => [.. _traces.SelectMany(SpansOf)];

    /// <summary>Names of the instruments measured.</summary>
    public IReadOnlyList<string> Metrics => [.. _metrics.SelectMany(NamesOfMetrics).Distinct()];

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new OtlpCollector(builder.Build());
        collector._app.MapPost("/v1/traces", context => KeepAsync(context, collector._traces));
        collector._app.MapPost("/v1/metrics", context => KeepAsync(context, collector._metrics));
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task KeepAsync(HttpContext context, ConcurrentQueue<byte[]> kept)
    {
        Assert.That(context.Request.ContentType, Is.EqualTo("application/x-protobuf"));
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        kept.Enqueue(body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>resource_spans (1) › scope_spans (2) › spans (2): trace_id (1), name (5).</summary>
    private static IEnumerable<Span> SpansOf(byte[] export) =>
        from resource in FieldsOf(export, 1)
        from scope in FieldsOf(resource, 2)
        from span in FieldsOf(scope, 2)
        select new Span(
            Convert.ToHexStringLower(FieldsOf(span, 1).Single().Span),
            Encoding.UTF8.GetString(FieldsOf(span, 5).Single().Span));

    /// <summary>resource_metrics (1) › scope_metrics (2) › metrics (2): name (1).</summary>
    private static IEnumerable<string> NamesOfMetrics(byte[] export) =>
        from resource in FieldsOf(export, 1)
        from scope in FieldsOf(resource, 2)
        from metric in FieldsOf(scope, 2)
        select Encoding.UTF8.GetString(FieldsOf(metric, 1).Single().Span);

    /// <summary>The length-delimited fields of that number in a protobuf message.</summary>
    private static List<ReadOnlyMemory<byte>> FieldsOf(ReadOnlyMemory<byte> message, ulong number)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message.Span, ref at);
            var length = (key & 7) switch
            {
                0 => VarintLength(message.Span, at),
                1 => 8,
                2 => (int)Varint(message.Span, ref at),
                5 => 4,
                var other => throw new InvalidDataException($"wire type {other}"),
            };
            if ((key & 7) == 2 && key >> 3 == number)
            {
                found.Add(message.Slice(at, length));
            }

            at += length;
        }

        return found;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static int VarintLength(ReadOnlySpan<byte> bytes, int at)
    {
        var end = at;
        Varint(bytes, ref end);
        return end - at;
    }

    internal sealed record Span(string TraceId, string Name);
}
