using Parley.Bench.Load;

var options = LoadOptions.Parse(args);
switch (args.FirstOrDefault())
{
    case "serve":
        await Server.Run(args[1..]);
        break;
    case "throughput":
        await Throughput.Run(options);
        break;
    case "memory":
        await Memory.Run(options with { Conversations = Math.Max(options.Conversations, 100_000) });
        break;
    case "append":
        await Append.Run(options);
        break;
    case "start":
        await StartUp.Run(options);
        break;
    default:
        Console.Error.WriteLine(
            "throughput | memory | append | start   [--connections 256] [--conversations 5000] [--seconds 10] [--rounds 3]");
        return 2;
}

return 0;
