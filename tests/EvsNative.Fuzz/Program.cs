using EvsNative.Fuzz;

return FuzzCommand.Run(args);
