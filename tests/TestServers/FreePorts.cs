using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Parley.TestServers;

/// <summary>Ports of the loopback interface that nobody has, each given once, and to one process of tests alone.</summary>
/// <remarks>A server that a test has killed wants its port again. So none is of those that systems give to connections, which anybody may
/// have meanwhile, and a claim in a file keeps other processes of tests away for as long as this one lives.</remarks>
public static class FreePorts
{
    /// <summary>Linux gives connections ports from 32768 on, other systems higher ones.</summary>
    private const int First = 20_000, Last = 32_767;

    private static readonly string Directory = System.IO.Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"parley-test-ports-{Environment.UserName}")).FullName;
    private static readonly List<FileStream> Claims = [];

    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last + 1);
            if (TryClaim(port) && IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool TryClaim(int port)
    {
        try
        {
            var claim = new FileStream(
                Path.Combine(Directory, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            lock (Claims)
            {
                Claims.Add(claim);
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
