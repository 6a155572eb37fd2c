using Xunit;

namespace Parley.BlackBox;

/// <summary>What a test measured and does not assert: with the test's own output, and in the file that <c>PARLEY_TEST_FIGURES</c> names, so that
/// whoever runs all tests can show it at the end.</summary>
public static class Figures
{
    private static readonly Lock Gate = new();

    public static void Report(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("PARLEY_TEST_FIGURES") is { Length: > 0 } file)
        {
            lock (Gate)
            {
                File.AppendAllText(file, $"{TestContext.Current.TestMethod?.MethodName}: {line}\n");
            }
        }
    }
}
