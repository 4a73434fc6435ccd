using System.Net;
using System.Net.Sockets;

namespace SuiviCourrier.TestSupport.Processes;

public static class FreePort
{
    /// <summary>A port of loopback nobody listens on: for servers that cannot choose one themselves.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
