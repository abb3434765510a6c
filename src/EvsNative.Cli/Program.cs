using EvsNative.Cli;

return CommandLine.Run(args);
