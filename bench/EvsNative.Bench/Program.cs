using EvsNative.Bench;

return BenchCommands.Run(args);
