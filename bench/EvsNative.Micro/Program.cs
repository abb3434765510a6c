using EvsNative.Micro;

return MicroCommand.Run(args);
