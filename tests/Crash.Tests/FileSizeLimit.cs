using System.Runtime.InteropServices;

namespace Parley.Crash.Tests;

/// <summary>Makes a running process unable to let any file grow: to it the disk is full.</summary>
internal static partial class FileSizeLimit
{
    private const int FileSize = 1;

    public static void Set(int processId, long bytes) => Set(processId, (ulong)bytes);

    public static void Lift(int processId) => Set(processId, ulong.MaxValue);

    private static void Set(int processId, ulong bytes) =>
        Assert.Equal(0, PrLimit(processId, FileSize, new Limits { Soft = bytes, Hard = ulong.MaxValue }, 0));

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PrLimit(int processId, int resource, in Limits limits, nint old);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
