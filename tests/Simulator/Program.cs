using System.Diagnostics;
using System.Globalization;
using Parley.Simulator;

var (from, count, threads, most, isVerbose) = (1UL, 1_000UL, Environment.ProcessorCount, 10, false);
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--from":
            from = ulong.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--seeds":
            count = ulong.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--threads":
            threads = int.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--most":
            most = int.Parse(args[++i], CultureInfo.InvariantCulture);
            break;
        case "--seed":
            (from, count, isVerbose) = (ulong.Parse(args[++i], CultureInfo.InvariantCulture), 1, true);
            break;
        default:
            await Console.Error.WriteLineAsync("Usage: [--seeds N] [--from N] [--threads N] [--most FAILURES] | --seed N");
            return 2;
    }
}

var watch = Stopwatch.StartNew();
var result = Campaign.Run(from, count, threads, most);
foreach (var failure in result.Failures)
{
    Console.WriteLine(Campaign.Describe(failure, withTrace: isVerbose));
}

if (isVerbose && result.Failures.Count == 0)
{
    Console.WriteLine(Campaign.Describe(Simulation.Run(from, keepsTrace: true), withTrace: true));
}

Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{result.Histories} histories from seed {from}, {result.Steps} steps, {result.Failures.Count} failed, {result.Histories / watch.Elapsed.TotalSeconds:0}/s."));
return result.Failures.Count == 0 ? 0 : 1;
