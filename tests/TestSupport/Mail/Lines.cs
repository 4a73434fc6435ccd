namespace SuiviCourrier.TestSupport.Mail;

/// <summary>A conversation by lines, as bytes: what one side of SMTP says to the other.</summary>
public sealed class Lines(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public Stream Stream => stream;

    /// <returns>One line with its end; null when the other has hung up.</returns>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        while (true)
        {
            var found = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            if (found >= 0)
            {
                line.Write(_buffer, _start, found + 1 - _start);
                _start = found + 1;
                return line.ToArray();
            }

            line.Write(_buffer, _start, _end - _start);
            _start = 0;
            _end = await stream.ReadAsync(_buffer, cancellationToken);
            if (_end == 0)
            {
                return null;
            }
        }
    }

    public async Task WriteAsync(byte[] line, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(line, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}
