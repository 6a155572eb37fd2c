using System.Runtime.InteropServices;

namespace Parley.Silo;

/// <summary>Where the system limits how large a file may get (RLIMIT_FSIZE), a write beyond it fails as on a full disk. Before
/// that the system sends SIGXFSZ, which ends a process that does not expect it.</summary>
internal static class FileSizeSignal
{
    /// <summary>The same on Linux (x64, ARM) and macOS.</summary>
    private const PosixSignal SigXfsz = (PosixSignal)25;

    public static IDisposable? Ignore() =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(SigXfsz, static context => context.Cancel = true);
}
