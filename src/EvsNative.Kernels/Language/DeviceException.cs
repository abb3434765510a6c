namespace EvsNative.Kernels;

/// <summary>A device that is not there, cannot do what is asked, has no room, or has failed. The message is one line for users.</summary>
public class DeviceException(string message, Exception? inner = null) : Exception(message, inner);
