// SPDX-License-Identifier: GPL-2.0-only
// ---- whole algorithm reference ----
typedef struct { int nfn,nlink; int16_t *childLink,*fnLink,*devfn; int16_t *linkBridge; int *linkStart,*linkCount; int16_t *linkFns; uint8_t *busNum; // busNum: kernel's view
  int16_t busTab[256]; int16_t *linkTab; uint32_t *list[2]; int nlist[2]; uint8_t *isb; uint64_t acc; uint32_t *shdr; uint16_t *scap; } topo_t;
static topo_t T;
static const int CAPOFF[7]={0x48,0x50,0x58,0x5c,0x68,0x70,0x78};
static void subtree_reset(int link);
static NOINLINE void reset_fn(int fn){
  uint32_t*c=A.cfg+((uint32_t)fn<<A.sh);
  if(T.isb[fn]){ int sec=(c[6]>>8)&255,l=T.childLink[fn]; if(l>=0&&T.busTab[sec]==l) T.busTab[sec]=-1; }
  int ty=T.isb[fn]; uint32_t tb=A.tb[fn]; uint32_t*L=T.list[ty]; int n=T.nlist[ty];
  for(int k=0;k<n;k++){uint32_t i=L[k]; uint32_t s=A.sticky[tb+i]; c[i]=(c[i]&s)|(A.rst[tb+i]&~s);} 
}
static void subtree_reset(int link){ for(int k=0;k<T.linkCount[link];k++){int f=T.linkFns[T.linkStart[link]+k]; if(T.childLink[f]>=0) subtree_reset(T.childLink[f]); reset_fn(f);} }
static NOINLINE void t_hook(int fn,uint32_t off,uint32_t old,uint32_t nv){
  int l=T.childLink[fn]; if(l<0) return; uint32_t*c=A.cfg+((uint32_t)fn<<A.sh);
  if((off&~3)==0x3c){ if((old^nv)&0x400000){ int sec=(c[6]>>8)&255; if(nv&0x400000){ if(T.busTab[sec]==l) T.busTab[sec]=-1; subtree_reset(l);} else if(sec) T.busTab[sec]=l; } }
  else if((off&~3)==0x18){ int os=(old>>8)&255,ns=(nv>>8)&255; if(os!=ns){ if(os&&T.busTab[os]==l) T.busTab[os]=-1; if(ns&&!(c[15]&0x400000)) T.busTab[ns]=l; } }
}
static inline int route(uint32_t bdf){ int l=T.busTab[bdf>>8]; return l<0?-1:T.linkTab[(l<<8)|(bdf&255)]; }
#ifdef COUNT
#define SEEN T.acc++
#else
#define SEEN (void)0
#endif
static inline uint32_t k_r4(uint32_t bdf,uint32_t off){ SEEN; int f=route(bdf); if(f<0) return ~0u; return A.cfg[((uint32_t)f<<A.sh)+(off>>2)]; }
static inline uint32_t k_r2(uint32_t bdf,uint32_t off){ SEEN; int f=route(bdf); if(f<0) return 0xffff; return ((uint16_t*)A.cfg)[((uint32_t)f<<(A.sh+1))+(off>>1)]; }
static inline void k_wbe(uint32_t bdf,uint32_t off,uint32_t v,uint32_t be){ SEEN; int fn=route(bdf); if(fn<0) return;
  uint32_t i=((uint32_t)fn<<A.sh)+(off>>2), t=A.tb[fn]+(off>>2); uint32_t s=(off&3)*8; v<<=s; be<<=s;
  uint32_t old=A.cfg[i],m=A.wm[t]&be; uint32_t nv=((old&~m)|(v&m))&~(v&A.w1c[t]&be); A.cfg[i]=nv; if(__builtin_expect(A.hook[t],0)) t_hook(fn,off,old,nv); }
static inline void k_w4(uint32_t bdf,uint32_t off,uint32_t v){ SEEN; int fn=route(bdf); if(fn<0) return;
  uint32_t i=((uint32_t)fn<<A.sh)+(off>>2), t=A.tb[fn]+(off>>2); uint32_t old=A.cfg[i],m=A.wm[t]; uint32_t nv=((old&~m)|(v&m))&~(v&A.w1c[t]); A.cfg[i]=nv; if(__builtin_expect(A.hook[t],0)) t_hook(fn,off,old,nv); }
static inline void k_w2(uint32_t bdf,uint32_t off,uint32_t v){k_wbe(bdf,off,v,0xffff);} 
/* second backend: QEMU-like per-byte */
static void q_twrite(pdev_t*d,uint32_t addr,uint32_t val,int l){ uint32_t o18,o3c,n; memcpy(&o18,d->config+0x18,4); memcpy(&o3c,d->config+0x3c,4); q_defwrite(d,addr,val,l);
  if(addr<0x1c&&addr+l>0x18){memcpy(&n,d->config+0x18,4); t_hook(d->fn,0x18,o18,n);} if(addr<0x40&&addr+l>0x3c){memcpy(&n,d->config+0x3c,4); t_hook(d->fn,0x3c,o3c,n);} }
static inline uint32_t q_r4(uint32_t bdf,uint32_t off){ int f=route(bdf); if(f<0) return ~0u; pdev_t*d=&D[f]; return d->config_read(d,off,4);} 
static inline uint32_t q_r2(uint32_t bdf,uint32_t off){ int f=route(bdf); if(f<0) return 0xffff; pdev_t*d=&D[f]; return d->config_read(d,off,2);} 
static inline void q_w4(uint32_t bdf,uint32_t off,uint32_t v){ int f=route(bdf); if(f<0) return; pdev_t*d=&D[f]; d->config_write(d,off,v,4);} 
static inline void q_w2(uint32_t bdf,uint32_t off,uint32_t v){ int f=route(bdf); if(f<0) return; pdev_t*d=&D[f]; d->config_write(d,off,v,2);} 
#define ALGO(P) \
static void P##save(int fn){ uint32_t b=T.busNum[T.fnLink[fn]]<<8|T.devfn[fn]; uint32_t*h=T.shdr+fn*16; uint16_t*c=T.scap+fn*8; for(int i=0;i<16;i++) h[i]=P##r4(b,i*4); for(int i=0;i<7;i++) c[i]=P##r2(b,CAPOFF[i]); P##w2(b,4,0x400); } \
static void P##save_bus(int l){ for(int k=0;k<T.linkCount[l];k++){int f=T.linkFns[T.linkStart[l]+k]; P##save(f); if(T.childLink[f]>=0) P##save_bus(T.childLink[f]);} } \
static void P##rdw(uint32_t b,int i,uint32_t sv,int retry){ uint32_t v=P##r4(b,i*4); if(v==sv) return; for(;;){ P##w4(b,i*4,sv); if(retry--<=0) return; v=P##r4(b,i*4); if(v==sv) return; } } \
static void P##restore(int fn){ uint32_t b=T.busNum[T.fnLink[fn]]<<8|T.devfn[fn]; uint32_t*h=T.shdr+fn*16; uint16_t*c=T.scap+fn*8; for(int i=0;i<7;i++) P##w2(b,CAPOFF[i],c[i]); \
  if(!T.isb[fn]){ for(int i=15;i>=10;i--) P##rdw(b,i,h[i],0); for(int i=9;i>=4;i--) P##rdw(b,i,h[i],10); for(int i=3;i>=0;i--) P##rdw(b,i,h[i],0); } \
  else { for(int i=15;i>=0;i--) P##rdw(b,i,h[i],0); } } \
static void P##restore_bus(int l){ for(int k=0;k<T.linkCount[l];k++){int f=T.linkFns[T.linkStart[l]+k]; P##restore(f); if(T.childLink[f]>=0) P##restore_bus(T.childLink[f]);} } \
static void P##reset_port(int p){ uint32_t b=T.busNum[T.fnLink[p]]<<8|T.devfn[p]; int l=T.childLink[p]; P##save_bus(l); uint32_t ctl=P##r2(b,0x3e); P##w2(b,0x3e,ctl|0x40); P##w2(b,0x3e,ctl&~0x40); P##restore_bus(l); }
ALGO(k_)
ALGO(q_)
static int ports[256],nports;
// algoInit(childLink,fnLink,devfn,linkBridge,linkStart,linkCount,linkFns,busNum,linkTab,busTab,list0,list1,ports,isb) all Int32Array
static int32_t* i32(napi_env e,napi_value v,size_t*l){return buf(e,v,l);} 
static int16_t* to16(napi_env e,napi_value v){size_t l;int32_t*p=i32(e,v,&l);int16_t*r=malloc(2*l+2);for(size_t i=0;i<l;i++)r[i]=p[i];return r;}
static int32_t* to32(napi_env e,napi_value v,size_t*l){int32_t*p=i32(e,v,l);int32_t*r=malloc(4**l+4);memcpy(r,p,4**l);return r;}
static napi_value AlgoInit(napi_env env,napi_callback_info info){ size_t argc=14; napi_value v[14]; OK(napi_get_cb_info(env,info,&argc,v,NULL,NULL)); size_t l;
  T.childLink=to16(env,v[0]);T.fnLink=to16(env,v[1]);T.devfn=to16(env,v[2]);T.linkBridge=to16(env,v[3]);T.linkStart=to32(env,v[4],&l);T.linkCount=to32(env,v[5],&l);T.linkFns=to16(env,v[6]);
  int32_t*bn=i32(env,v[7],&l);T.busNum=malloc(l);for(size_t i=0;i<l;i++)T.busNum[i]=bn[i]; T.linkTab=to16(env,v[8]); int16_t*bt=to16(env,v[9]);memcpy(T.busTab,bt,512);free(bt);
  T.list[0]=(uint32_t*)to32(env,v[10],&l);T.nlist[0]=l;T.list[1]=(uint32_t*)to32(env,v[11],&l);T.nlist[1]=l; int32_t*pp=i32(env,v[12],&l);nports=l;for(size_t i=0;i<l;i++)ports[i]=pp[i];
  int32_t*ib=i32(env,v[13],&l);T.isb=malloc(l);for(size_t i=0;i<l;i++)T.isb[i]=ib[i]; T.shdr=malloc(A.nfn*64);T.scap=malloc(A.nfn*16);
  for(uint32_t i=0;i<A.nfn;i++) D[i].config_write=T.isb[i]?q_twrite:q_defwrite;
  return NULL; }
static napi_value AlgoRun(napi_env env,napi_callback_info info){ size_t argc=2; napi_value v[2]; OK(napi_get_cb_info(env,info,&argc,v,NULL,NULL)); uint32_t var,n; napi_get_value_uint32(env,v[0],&var);napi_get_value_uint32(env,v[1],&n);
  uint64_t t0=tcpu(); for(uint32_t r=0;r<n;r++) for(int p=0;p<nports;p++){ if(var==0) k_reset_port(ports[p]); else q_reset_port(ports[p]); } uint64_t t1=tcpu(); napi_value x; napi_create_double(env,(double)(t1-t0)/n,&x); return x; }
// setcfg(fn,off,v) raw
static napi_value SetRaw(napi_env env,napi_callback_info info){ size_t argc=1; napi_value v[1]; OK(napi_get_cb_info(env,info,&argc,v,NULL,NULL)); size_t l; int32_t*p=i32(env,v[0],&l); memcpy(A.cfg,p,l*4); return NULL; }
static napi_value AlgoAccesses(napi_env env,napi_callback_info info){ napi_value x; (void)info; napi_create_double(env,(double)T.acc,&x); T.acc=0; return x; }
#define ALGO_EXPORTS {"algoAccesses",0,AlgoAccesses,0,0,0,napi_default,0},{"algoInit",0,AlgoInit,0,0,0,napi_default,0},{"algoRun",0,AlgoRun,0,0,0,napi_default,0},{"setRaw",0,SetRaw,0,0,0,napi_default,0}
