using System.Text;

namespace EvsNative.Kernels.Cuda;

/// <content>Modules, functions, the linker.</content>
internal sealed unsafe partial class NativeCudaDriver
{
    // CUjit_option and CUjitInputType of cuda.h.
    private const int InformationBuffer = 3, InformationBytes = 4, ErrorBuffer = 5, ErrorBytes = 6;
    private const int PtxInput = 1;
    private const int LogBytes = 16 << 10;

    private delegate* unmanaged<nint*, void*, uint, int*, void**, CudaResult> _moduleLoad;
    private delegate* unmanaged<nint, CudaResult> _moduleUnload, _linkDestroy;
    private delegate* unmanaged<nint*, nint, byte*, CudaResult> _moduleFunction;
    private delegate* unmanaged<int*, CudaFunctionAttribute, nint, CudaResult> _functionGet;
    private delegate* unmanaged<nint, CudaFunctionAttribute, int, CudaResult> _functionSet;
    private delegate* unmanaged<uint, int*, void**, nint*, CudaResult> _linkCreate;
    private delegate* unmanaged<nint, int, void*, nuint, byte*, uint, int*, void**, CudaResult> _linkAdd;
    private delegate* unmanaged<nint, void**, nuint*, CudaResult> _linkComplete;

    public CudaResult ModuleLoad(ReadOnlySpan<byte> image, out nint module, out CudaJitLog log)
    {
        byte[] errors = new byte[LogBytes], information = new byte[LogBytes];
        int* options = stackalloc int[] { InformationBuffer, InformationBytes, ErrorBuffer, ErrorBytes };
        fixed (byte* code = image, errorText = errors, informationText = information)
        fixed (nint* to = &module)
        {
            void** values = stackalloc void*[] { informationText, (void*)LogBytes, errorText, (void*)LogBytes };
            var result = _moduleLoad(to, code, 4, options, values);
            log = new CudaJitLog(Utf8(errors), Utf8(information));
            return result;
        }
    }

    public CudaResult ModuleUnload(nint module) => _moduleUnload(module);

    public CudaResult ModuleFunction(nint module, string name, out nint function)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        fixed (nint* to = &function)
            return _moduleFunction(to, module, text);
    }

    public CudaResult FunctionGet(nint function, CudaFunctionAttribute attribute, out int value)
    {
        fixed (int* to = &value) return _functionGet(to, attribute, function);
    }

    public CudaResult FunctionSet(nint function, CudaFunctionAttribute attribute, int value) => _functionSet(function, attribute, value);

    public CudaResult LinkCreate(out nint link)
    {
        fixed (nint* to = &link) return _linkCreate(0, null, null, to);
    }

    public CudaResult LinkAddPtx(nint link, ReadOnlySpan<byte> ptx, string name)
    {
        fixed (byte* code = ptx, text = Encoding.UTF8.GetBytes(name + '\0'))
            return _linkAdd(link, PtxInput, code, (nuint)ptx.Length, text, 0, null, null);
    }

    public CudaResult LinkComplete(nint link, out nint image, out long bytes)
    {
        void* code = null;
        nuint size = 0;
        var result = _linkComplete(link, &code, &size);
        (image, bytes) = ((nint)code, (long)size);
        return result;
    }

    public CudaResult LinkDestroy(nint link) => _linkDestroy(link);

    private void FindModules()
    {
        _moduleLoad = (delegate* unmanaged<nint*, void*, uint, int*, void**, CudaResult>)Find("cuModuleLoadDataEx");
        _moduleUnload = (delegate* unmanaged<nint, CudaResult>)Find("cuModuleUnload");
        _moduleFunction = (delegate* unmanaged<nint*, nint, byte*, CudaResult>)Find("cuModuleGetFunction");
        _functionGet = (delegate* unmanaged<int*, CudaFunctionAttribute, nint, CudaResult>)Find("cuFuncGetAttribute");
        _functionSet = (delegate* unmanaged<nint, CudaFunctionAttribute, int, CudaResult>)Find("cuFuncSetAttribute");
        _linkCreate = (delegate* unmanaged<uint, int*, void**, nint*, CudaResult>)Find("cuLinkCreate_v2");
        _linkAdd = (delegate* unmanaged<nint, int, void*, nuint, byte*, uint, int*, void**, CudaResult>)Find("cuLinkAddData_v2");
        _linkComplete = (delegate* unmanaged<nint, void**, nuint*, CudaResult>)Find("cuLinkComplete");
        _linkDestroy = (delegate* unmanaged<nint, CudaResult>)Find("cuLinkDestroy");
    }
}
