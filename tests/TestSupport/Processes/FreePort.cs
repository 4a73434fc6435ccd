using System.Net;
using System.Net.Sockets;

namespace SuiviCourrier.TestSupport.Processes;

public static class FreePort
{
    /// <summary>
    /// A port of loopback nobody listens on: for servers that cannot choose one themselves. Below those the system gives to outgoing
    /// connections: a server that is stopped for a while finds its port again.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 32_768));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
