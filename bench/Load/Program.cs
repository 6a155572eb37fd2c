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
    case "cluster":
        await Clusters.Run(options);
        break;
    case "streams":
        await Streams.Run(options);
        break;
    case "hooks":
        await Hooks.Run(options);
        break;
    case "hop":
        await Hop.Run(options);
        break;
    default:
        Console.Error.WriteLine(
            "throughput | memory | append | start | cluster | hop | streams | hooks   [--connections 256] [--conversations 5000] [--seconds 10] [--rounds 3]\n"
            + "cluster needs a MongoDB: --mongodb mongodb://... or PARLEY_TEST_MONGODB");
        return 2;
}

return 0;
